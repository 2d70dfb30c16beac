"""The talk at a match: two audiences, what a game forbids, limits by person, and lines that can be read."""

from __future__ import annotations

import unicodedata
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games.host import said
from games.host.chat import CHAT_LINES, Speech
from games.host.talk import SAME_MS, SPEAKERS, Talk
from games.host.wording import LONGEST, cleaned
from games.protocol.messages import Chat, Hello, Resign
from games.protocol.phrases import PHRASES, Phrase
from games.rules.base import Rules
from games.rules.connect_four import ConnectFour
from tests.host.kit import Guest, Table
from tests.host.quiet import CurtBids, SilentBids
from tests.rules.fair import FAIR, Bids

RULES = [ConnectFour(), Bids(), SilentBids(), CurtBids()]


class Room(Table):
    """A match with everyone seated, and two people who watch."""

    def __init__(self, rules: Rules[Any, Any], **facts: Any) -> None:
        super().__init__(rules, **facts)
        self.watchers = [self.arrive(Guest(name)) for name in ("Wim", "Xia")]

    def say(self, guest: Guest, text: str | None = None, phrase: Phrase | None = None) -> dict[str, Any]:
        """What the speaker is told."""
        before = len(guest.heard)
        self.perform(self.match.submit(guest, Chat(text, phrase), self.now_ms))
        told: dict[str, Any] = guest.heard[before]
        return told

    def end(self) -> None:
        self.send(0, Resign(self.next_c(0)))


def texts(guest: Guest) -> list[str]:
    return [one["text"] for one in guest.told("chat")]


def test_seats_hear_seats_and_spectators_hear_both_in_an_open_game() -> None:
    room = Room(ConnectFour())
    room.say(room.guests[0], "hello")
    room.say(room.watchers[0], "seat 1 should play the middle")
    assert texts(room.guests[1]) == ["hello"]
    assert texts(room.watchers[1]) == ["hello", "seat 1 should play the middle"]
    assert [one["k"] for one in room.watchers[1].told("chat")] == [1, 2]
    assert texts(room.guests[None]) == texts(room.watchers[1])


def test_in_a_game_with_secrets_spectators_never_hear_seats_while_it_is_played() -> None:
    room = Room(Bids())
    room.say(room.guests[0], "I hold the three")
    assert texts(room.guests[1]) == ["I hold the three"]
    assert texts(room.watchers[0]) == []
    late = room.arrive(Guest("Yan"))
    assert late.told("welcome")[0]["chat"] == []
    room.end()
    assert room.arrive(Guest("Zoe")).told("welcome")[0]["chat"] == []
    room.say(room.guests[0], "I held the three")
    assert texts(room.watchers[0]) == ["I held the three"]


def test_before_and_after_everybody_hears_everybody() -> None:
    room = Room(Bids(), sitting=1)
    room.say(room.watchers[0], "May I play?")
    room.say(room.guests[0], "Please do.")
    assert texts(room.guests[0]) == texts(room.watchers[1]) == ["May I play?", "Please do."]
    room = Room(Bids())
    room.end()
    room.say(room.watchers[0], "Well done!")
    assert texts(room.guests[1]) == ["Well done!"]


def test_where_a_game_forbids_words_phrases_pass_and_where_it_forbids_all_nothing_does() -> None:
    room = Room(CurtBids())
    assert room.say(room.guests[0], "the three")["code"] == "chat_quick"
    assert room.say(room.guests[0], phrase="hello")["text"] == "Hello!"
    assert [one["phrase"] for one in room.guests[1].told("chat")] == ["hello"]
    room = Room(SilentBids())
    assert room.say(room.guests[0], "the three")["code"] == "chat_closed"
    assert room.say(room.guests[0], phrase="hello")["code"] == "chat_closed"
    assert room.say(room.watchers[0], "who has the three?")["type"] == "chat"
    room.end()
    assert room.say(room.guests[0], "the three")["type"] == "chat"
    assert texts(room.guests[1]) == ["the three"]


def test_a_welcome_says_what_seats_may_say() -> None:
    assert [Room(rules).guests[0].told("welcome")[0]["talk"] for rules in RULES] == ["open", "open", "none", "quick"]


@given(
    st.sampled_from(RULES),
    st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.sampled_from(["say", "back", "late", "end"])), max_size=25),
)
@settings(max_examples=60, deadline=None)
def test_a_line_reaches_nobody_for_whom_it_is_not_and_numbers_have_no_gap(
    rules: Rules[Any, Any], acts: list[tuple[int, bool, str]]
) -> None:
    """Whoever says what, comes back and comes late: a line that was for one audience is seen by no other, ever."""
    room = Room(rules)
    people = [room.guests[0], room.guests[1], *room.watchers]
    everyone = [*people]
    said: dict[str, tuple[bool, bool]] = {}
    for index, (who, quick, act) in enumerate(acts):
        room.now_ms += 3_000
        live = room.match.shown.status == "live"
        speaker = people[who]
        if act == "end" and live and index > 10:
            room.end()
        elif act == "say":
            seated = speaker.seat is not None
            phrase = sorted(PHRASES)[index % len(PHRASES)] if quick else None
            text = PHRASES[phrase] + "!" if phrase else f"line {index}"
            told = room.say(speaker, None if phrase else text, phrase)
            if told["type"] != "chat" or phrase:
                continue
            said[text] = (seated or not live, not live or not seated or not rules.secret)
        elif act == "back":
            room.perform(room.match.detach(speaker, room.now_ms))
            people[who] = room.arrive(Guest(speaker.player))
            everyone.append(people[who])
        else:
            everyone.append(room.arrive(Guest(f"late-{index}"), Hello(e=1, v=room.match.shown.v, k=0)))
    for guest in everyone:
        welcomes = guest.told("welcome")
        lines = [*(welcomes[0]["chat"] if welcomes else []), *guest.told("chat")]
        numbers = [line["k"] for line in lines]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
        for line in lines:
            if line["text"] in said:
                for_seats, for_spectators = said[line["text"]]
                assert for_seats if guest.player in ("player-0", "player-1") else for_spectators


# ── limits ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_chat_is_limited_and_needs_a_name() -> None:
    room = Room(ConnectFour())
    for number in range(5):
        room.say(room.guests[0], f"hey {number}")
    assert room.say(room.guests[0], "hey")["code"] == "chat_limit"
    assert room.say(room.guests[None], "hey")["code"] == "not_seated"
    room.now_ms += 2_000
    assert room.say(room.guests[0], "hey")["type"] == "chat"


def test_who_comes_back_has_not_rested() -> None:
    room = Room(ConnectFour())
    for number in range(5):
        room.say(room.guests[0], f"hey {number}")
    back = room.arrive(Guest("player-0"))
    assert room.say(back, "hey")["code"] == "chat_limit"


def test_the_same_again_is_refused_until_half_a_minute_has_passed() -> None:
    room = Room(ConnectFour())
    ada = room.guests[0]
    assert room.say(ada, "Hello there")["type"] == "chat"
    assert room.say(ada, " hello  THERE")["code"] == "chat_same"
    assert room.say(ada, phrase="sorry")["type"] == "chat"
    assert room.say(ada, phrase="sorry")["code"] == "chat_same"
    room.now_ms += SAME_MS
    assert room.say(ada, phrase="sorry")["type"] == "chat"


def test_who_was_silenced_may_say_nothing_at_all() -> None:
    room = Room(ConnectFour())
    room.guests[0].silenced = lambda: True
    assert room.say(room.guests[0], "hey")["code"] == "chat_muted"
    assert room.say(room.guests[0], phrase="hello")["code"] == "chat_muted"
    assert texts(room.guests[1]) == []


def test_who_is_remembered_is_bounded() -> None:
    room = Room(ConnectFour())
    for number in range(SPEAKERS + 5):
        watcher = Guest(f"player {number}")
        room.match.audience.talk.judge(watcher, Chat("hey"), room.match.shown, room.now_ms)
    assert len(room.match.audience.talk._speakers) == SPEAKERS


# ── what can be read ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  two   spaces ", "two spaces"),
        ("turned \u202e around\u2066", "turned around"),
        ("a\u0007b\u2028c", "a b c"),
        ("\u200b\u3164 \u2800", ""),
        ("\u200d\u200c", ""),
        ("Z\u0300\u0301\u0302\u0303\u0304\u0305algo", "Z\u0300\u0301\u0302algo"),
        ("안녕하세요", "안녕하세요"),
        ("שָׁלוֹם", "שָׁלוֹם"),
        ("👨‍👩‍👧 👋🏽", "👨‍👩‍👧 👋🏽"),
        ("می‌خواهم", "می‌خواهم"),
        ("<b>http://example.org</b>", "<b>http://example.org</b>"),
    ],
)
def test_a_line_is_shown_without_what_cannot_be_read(text: str, shown: str) -> None:
    assert cleaned(text) == unicodedata.normalize("NFC", shown)


@given(st.text(max_size=500))
def test_what_was_cleaned_is_clean_and_fits(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once
    assert len(once) <= LONGEST


def test_a_line_of_nothing_is_refused() -> None:
    room = Room(ConnectFour())
    assert room.say(room.guests[0], "\u200b")["code"] == "chat_empty"
    assert room.say(room.guests[0])["code"] == "chat_empty"


def test_every_phrase_has_words_of_its_own() -> None:
    assert set(PHRASES) == set(get_args(Phrase))
    assert len(set(PHRASES.values())) == len(PHRASES)


# ── what lasts ──────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_said_is_kept_with_its_audience_and_told_again_after_a_takeover() -> None:
    room = Room(Bids())
    room.say(room.guests[0], "I hold the three")
    room.say(room.watchers[0], "who wins?")
    room.say(room.guests[1], phrase="thanks")
    assert [(heard_by, said.text) for heard_by, said in room.said] == [
        ("seats", "I hold the three"),
        ("spectators", "who wins?"),
        ("seats", "Thank you!"),
    ]
    room.match = room.load(epoch=2)
    said.recall(room.match.audience, room.said, room.now_ms)
    seat, watcher = room.arrive(Guest("player-1")), room.arrive(Guest("Wim"))
    assert [(one["k"], one["text"], one["phrase"]) for one in seat.told("welcome")[0]["chat"]] == [
        (1, "I hold the three", None),
        (2, "Thank you!", "thanks"),
    ]
    assert [one["text"] for one in watcher.told("welcome")[0]["chat"]] == ["who wins?"]
    room.say(seat, "go on")
    assert seat.told("chat")[-1]["k"] == 3


def test_a_newcomer_is_shown_the_newest_lines_alone() -> None:
    talk = Talk(ConnectFour())
    for number in range(CHAT_LINES + 3):
        talk.seats.add(Speech(0, "a", "Ada", f"line {number}"))
    assert [line.k for line in talk.of(0).lines][:1] == [4]
    assert len(talk.of(0).lines) == CHAT_LINES


def test_fair_games_let_seats_talk() -> None:
    assert {rules.chat for rules in FAIR} == {"open"}
