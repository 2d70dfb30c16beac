from __future__ import annotations

import re
import sys
from pathlib import Path
from subprocess import run
from typing import Any

import msgspec
import pytest
from django.core.management import CommandError, call_command

from games.host.entries import chained
from games.models import Entry, Match, Seat
from games.replay import Record, begin, faults, fold_to, frames
from games.rules.catalog import UnknownGame
from games.selectors import record_of, record_whole
from tests.games.played import FIRST_WINS, aborted, guest, joined, opened, played, taken_back

pytestmark = pytest.mark.django_db


def test_a_played_record_has_no_faults() -> None:
    assert faults(record_whole(played())) == []


def test_an_aborted_record_has_no_faults() -> None:
    assert faults(record_whole(aborted())) == []


def test_a_downloaded_record_is_checked_by_the_same_code() -> None:
    downloaded = msgspec.json.decode(msgspec.json.encode(record_of(played())), type=Record)
    assert faults(downloaded) == []


def test_frames_show_the_board_after_each_version() -> None:
    told = list(frames(record_whole(played())))
    assert [frame.v for frame in told] == list(range(len(told)))
    assert (told[0].n, told[0].kind, told[0].view["columns"]) == (0, None, ("",) * 7)
    assert [frame.move for frame in told if frame.kind == "move"] == list(FIRST_WINS)
    assert told[-1].view["columns"][0] == "0000"
    assert (told[-1].kind, told[-1].status, told[-1].turns) == ("end", "over", ())
    assert told[-1].result is not None
    assert told[-1].result.scores == (2, 0)
    assert [frame.turns for frame in told[2:5]] == [(0,), (1,), (0,)]
    assert told[3].by == ((0, 1, 0),)


def test_a_frame_names_the_entry_that_made_it() -> None:
    frame = list(frames(record_whole(played())))[3]
    assert (frame.n, frame.kind, frame.seat, frame.c, frame.ms) == (3, "move", 0, 1, 14)
    assert frame.at is not None


def test_a_frame_tells_how_long_its_move_was_thought_about() -> None:
    told = list(frames(record_whole(played())))
    # Every entry of these matches comes seven milliseconds after the one before.
    assert [frame.spent for frame in told[:5]] == [(), (), (), (7,), (7,)]
    assert all(frame.clock is None for frame in told)


def test_a_frame_shows_the_clocks_as_they_stood() -> None:
    match = joined(opened(clock={"kind": "fischer", "base_ms": 60_000, "extra_ms": 2_000}))
    told = list(frames(record_whole(played(match))))
    assert told[0].clock == {"left": [60_000, 60_000], "running": []}
    assert told[2].clock == {"left": [60_000, 60_000], "running": [0]}
    assert told[3].clock == {"left": [61_993, 60_000], "running": [1]}
    assert told[4].clock == {"left": [61_993, 61_993], "running": [0]}
    assert told[-1].clock["running"] == []


def test_a_takeback_in_a_record_gives_the_clocks_back() -> None:
    clock = {"kind": "fischer", "base_ms": 60_000, "extra_ms": 0}
    match = played(joined(opened(clock=clock)), moves=(0, 1))
    told = list(frames(record_whole(taken_back(match))))
    assert told[4].clock == {"left": [59_993, 59_993], "running": [0]}
    assert told[-1].clock == {"left": [60_000, 60_000], "running": [0]}
    assert told[-1].spent == ()


def test_a_fold_can_stop_after_any_entry() -> None:
    record = record_whole(played())
    columns = [fold_to(record, n).state.columns[0] for n in (-1, 0, 2, 3, 5, 999)]
    assert columns == ["", "", "", "0", "00", "0000"]


def test_a_live_record_cannot_be_folded_outside_since_its_seed_is_not_told() -> None:
    told = msgspec.convert(record_of(joined(opened())), Record)
    assert told.seed is None
    with pytest.raises(UnknownGame, match="seed"):
        begin(told)


def test_a_record_of_an_edition_that_is_not_here_says_so() -> None:
    record = record_whole(played())
    assert "edition 9" in faults(msgspec.structs.replace(record, edition=9))[0]
    assert "edition 9" in faults(msgspec.structs.replace(record, fold=9))[0]


BREAKAGES: list[tuple[str, dict[str, Any], str]] = [
    ("body", {"body": "3"}, "digest"),
    ("digest", {"digest": "0" * 32}, "digest"),
    ("ms", {"ms": 1}, "digest"),
    ("seat", {"seat": 1, "c": 99}, "digest"),
    ("kind", {"kind": "resign"}, "digest"),
]


@pytest.mark.parametrize(("_what", "change", "told"), BREAKAGES, ids=[one[0] for one in BREAKAGES])
def test_a_changed_entry_is_found(_what: str, change: dict[str, Any], told: str) -> None:
    match = played()
    Entry.objects.filter(match=match, n=5).update(**change)
    assert told in faults(record_whole(match))[0]


def test_a_missing_entry_is_found() -> None:
    match = played()
    Entry.objects.filter(match=match, n=4).delete()
    assert faults(record_whole(match)) != []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"result": {"scores": [0, 2], "reason": "line"}}, "stored result"),
        ({"digest": "f" * 32}, "stored digest"),
        ({"status": "aborted"}, "the match says aborted"),
        ({"end_n": 9}, "no end"),
        ({"seed_hash": "f" * 64}, "digest"),
        ({"seed": "00" * 32}, "hash that was told"),
        ({"options": {"size": 8}}, "size"),
    ],
)
def test_a_changed_match_is_found(change: dict[str, Any], told: str) -> None:
    match = played()
    Match.objects.filter(pk=match.pk).update(**change)
    match.refresh_from_db()
    assert any(told in fault for fault in faults(record_whole(match)))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"score": 7}, "scores"),
        ({"name": "Somebody else"}, "seats"),
        ({"player": None}, "seats"),
    ],
)
def test_a_changed_seat_is_found(change: dict[str, Any], told: str) -> None:
    match = played()
    Seat.objects.filter(match=match, index=0).update(**change)
    assert any(told in fault for fault in faults(record_whole(match)))


def rechained(record: Record, n: int, **change: Any) -> Record:
    """`record` with entry `n` changed and every digest made to fit: what a careful forger would do."""
    digest = begin(record).digest
    lines = []
    for line in record.entries:
        new = msgspec.structs.replace(line, **change) if line.n == n else line
        made = chained(digest, n=new.n, kind=new.kind, seat=new.seat, c=new.c, ms=new.ms, body=new.body)
        digest = made.digest
        lines.append(msgspec.structs.replace(new, digest=digest))
    return msgspec.structs.replace(record, entries=tuple(lines), digest=digest)


def test_a_move_that_the_rules_forbid_is_found_although_all_digests_fit() -> None:
    assert "do not allow" in faults(rechained(record_whole(played()), 4, body="7"))[0]


def test_a_claimed_result_is_found_although_all_digests_fit() -> None:
    record = record_whole(played())
    forged = rechained(record, record.entries[-1].n, body='{"reason":"line","scores":[0,2]}')
    assert "another result" in faults(forged)[0]


def test_verifyrecords_is_content_with_good_records(capsys: pytest.CaptureFixture[str]) -> None:
    played()
    aborted()
    opened()
    call_command("verifyrecords")
    assert "2 records fold" in capsys.readouterr().out


def test_verifyrecords_names_each_broken_record_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = played(), played()
    Entry.objects.filter(match=bad, n=3).update(body="6")
    with pytest.raises(CommandError) as error:
        call_command("verifyrecords")
    told = capsys.readouterr().err
    assert error.value.returncode == 1
    assert "1 of 2" in str(error.value)
    assert bad.public_id in told
    assert good.public_id not in told


def test_verifyrecords_reports_a_column_that_no_record_can_hold(capsys: pytest.CaptureFixture[str]) -> None:
    bad = played()
    Match.objects.filter(pk=bad.pk).update(result={"scores": "many"})
    with pytest.raises(CommandError):
        call_command("verifyrecords")
    assert bad.public_id in capsys.readouterr().err


def test_verifyrecords_checks_downloads(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    record = record_of(played())
    good, bad, other = (tmp_path / name for name in ("good.json", "bad.json", "other.json"))
    good.write_bytes(msgspec.json.encode(record))
    bad.write_bytes(msgspec.json.encode(record | {"digest": "f" * 32}))
    other.write_text("[]")
    call_command("verifyrecords", str(good))
    with pytest.raises(CommandError):
        call_command("verifyrecords", str(good), str(bad), str(other))
    told = capsys.readouterr().err
    assert "bad.json: " in told
    assert "other.json: this is not a record" in told
    assert "good.json" not in told
    with pytest.raises(CommandError, match="Cannot read"):
        call_command("verifyrecords", str(tmp_path / "missing.json"))


def test_the_handbook_checks_a_download_with_the_standard_library_alone(tmp_path: Path) -> None:
    handbook = (Path(__file__).parents[2] / "docs" / "records.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```python\n(.*?)```", handbook, re.DOTALL)
    record = record_of(played(joined(opened(guest('Zoë "\\\u2029 가')))))
    changed = msgspec.json.decode(msgspec.json.encode(record))
    changed["entries"][4]["body"] = "6"
    told = []
    for name, one in (("good.json", record), ("changed.json", changed), ("cut.json", record | {"digest": "f" * 32})):
        (tmp_path / name).write_bytes(msgspec.json.encode(one))
        told.append(
            run([sys.executable, "-I", "-c", script, tmp_path / name], capture_output=True, text=True, check=False)
        )
    assert told[0].stdout == "The chain holds.\n", told[0].stderr
    assert "entry 5 was changed" in told[1].stderr
    assert "the record was cut" in told[2].stderr
