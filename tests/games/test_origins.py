"""Only pages of our own origins open sockets with cookies; everything that looks alike does not."""

import pytest

from games.origins import Origin, origin_of

OURS = ("https://play.example.org", "http://127.0.0.1:8000")


@pytest.mark.parametrize(
    ("origin", "judged"),
    [
        ("https://play.example.org", Origin.OURS),
        ("http://127.0.0.1:8000", Origin.OURS),
        ("http://play.example.org", Origin.FOREIGN),  # scheme
        ("https://play.example.org:8443", Origin.FOREIGN),  # port
        ("https://play.example.org:443", Origin.FOREIGN),  # no browser writes the default port
        ("http://127.0.0.1", Origin.FOREIGN),
        ("https://play.example.org.evil.example", Origin.FOREIGN),  # suffix trick
        ("https://evilplay.example.org", Origin.FOREIGN),  # prefix trick
        ("https://sub.play.example.org", Origin.FOREIGN),
        ("https://play.example.org@evil.example", Origin.FOREIGN),
        ("https://play.example.org/", Origin.FOREIGN),  # an origin has no path
        ("HTTPS://PLAY.EXAMPLE.ORG", Origin.FOREIGN),  # browsers write lower case
        ("null", Origin.FOREIGN),  # sandboxed pages and files
        ("", Origin.FOREIGN),
        ("https://", Origin.FOREIGN),
        ("https://pl\xe4y.example.org", Origin.FOREIGN),
    ],
)
def test_an_origin_is_ours_as_a_whole_or_not_at_all(origin: str, judged: Origin) -> None:
    assert origin_of([(b"host", b"x"), (b"Origin", origin.encode("latin-1"))], OURS) is judged


def test_a_program_says_no_origin() -> None:
    assert origin_of([(b"host", b"play.example.org")], OURS) is Origin.NONE


def test_two_origins_are_none_of_ours() -> None:
    headers = [(b"origin", b"https://play.example.org"), (b"origin", b"https://play.example.org")]
    assert origin_of(headers, OURS) is Origin.FOREIGN
