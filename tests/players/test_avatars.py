"""Pictures drawn from ids: the same for ever, different for different people, and made of nothing that could run."""

from __future__ import annotations

import re

from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from players import avatars
from players.ids import ALPHABET, ID_LENGTH, new_id

some_id = st.text(alphabet=ALPHABET, min_size=ID_LENGTH, max_size=ID_LENGTH)


@given(some_id)
def test_a_picture_is_paths_in_five_colours_within_its_frame(public_id: str) -> None:
    picture = avatars.picture(public_id)
    assert re.fullmatch(r'(<path fill="#[0-9a-f]{6}" d="[MLAZHV0-9 ]+"/>)+', picture)
    assert set(re.findall(r'fill="(.*?)"', picture)) <= set(avatars.COLOURS)
    assert all(
        0 <= int(number) <= avatars.SIZE
        for number in re.findall(r'd="(.*?)"', picture)[1:]
        for number in re.findall(r"\d+", number)
    )
    assert len(picture) < 2_000


def test_pictures_tell_people_apart() -> None:
    assert len({avatars.picture(new_id()) for _ in range(2_000)}) == 2_000


def test_a_picture_never_changes() -> None:
    # Seen by everyone who knows these players: another drawing needs another reason than a refactoring.
    assert avatars.picture("8kVZ2mQpXw3a") == GOLDEN


def test_the_tag_draws_inline_without_style() -> None:
    drawn = Template("{% load people %}{% avatar id %}").render(Context({"id": '"><script>'}))
    assert drawn.startswith("<svg ")
    assert "script" not in drawn
    assert "style" not in drawn


GOLDEN = (
    '<path fill="#1f6f6b" d="M0 0H48V48H0Z"/><path fill="#c8432b" d="M0 0L12 0L12 12L0 12ZM48 0L48 12L36 '
    '12L36 0ZM48 48L36 48L36 36L48 36ZM0 48L0 36L12 36L12 48Z"/><path fill="#d9a521" d="M12 0L24 0L24 12L'
    "12 12ZM48 12L48 24L36 24L36 12ZM36 48L24 48L24 36L36 36ZM0 36L0 24L12 24L12 36ZM12 12L24 12L24 24L12"
    ' 24ZM36 12L36 24L24 24L24 12ZM36 36L24 36L24 24L36 24ZM12 36L12 24L24 24L24 36Z"/><path fill="#faf7f'
    '0" d="M0 12L12 12L12 24L0 24ZM36 0L36 12L24 12L24 0ZM48 36L36 36L36 24L48 24ZM12 48L12 36L24 36L24 4'
    '8Z"/><path fill="#1d1b18" d="M12 0L12 12A12 12 0 0 1 0 0ZM48 12L36 12A12 12 0 0 1 48 0ZM36 48L36 36A'
    '12 12 0 0 1 48 48ZM0 36L12 36A12 12 0 0 1 0 48Z"/><path fill="#c8432b" d="M12 4L24 4L24 8L12 8ZM44 1'
    '2L44 24L40 24L40 12ZM36 44L24 44L24 40L36 40ZM4 36L4 24L8 24L8 36Z"/><path fill="#1f6f6b" d="M10 18A'
    "4 4 0 0 1 2 18A4 4 0 0 1 10 18ZM30 10A4 4 0 0 1 30 2A4 4 0 0 1 30 10ZM38 30A4 4 0 0 1 46 30A4 4 0 0 "
    '1 38 30ZM18 38A4 4 0 0 1 18 46A4 4 0 0 1 18 38Z"/><path fill="#faf7f0" d="M24 24A6 6 0 0 1 24 12ZM12'
    " 24A6 6 0 0 0 12 12ZM24 24A6 6 0 0 1 36 24ZM24 12A6 6 0 0 0 36 12ZM24 24A6 6 0 0 1 24 36ZM36 24A6 6 "
    '0 0 0 36 36ZM24 24A6 6 0 0 1 12 24ZM24 36A6 6 0 0 0 12 36Z"/>'
)
