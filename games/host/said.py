"""The chat of a match as it is told: judged by `talk.py`, put to whom it is for, and kept. Pure.

`match.py` calls it for what people say, `house.py` for what the house says, `audience.py` for who missed some of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from games.host.chat import HOUSE, HeardBy, Speech
from games.host.effects import Effect, Keep, Put
from games.host.ports import Connection
from games.protocol import codec, messages
from games.protocol.codes import Code
from games.protocol.messages import ChatLine, ChatSaid

if TYPE_CHECKING:
    from games.host.audience import Audience
    from games.host.fold import Fold


def say(audience: Audience, connection: Connection, message: messages.Chat, shown: Fold, now_ms: int) -> list[Effect]:
    """A line for whom it is, which is kept; or the reason why it may not be said."""
    judged = audience.talk.judge(connection, message, shown, now_ms)
    if isinstance(judged, Code):
        return [audience.refuse(connection, judged)]
    speech, heard_by = judged
    return [*_tell(audience, speech, heard_by, now_ms), Keep(speech, heard_by)]


def announce(audience: Audience, text: str, now_ms: int) -> list[Effect]:
    """A line of the house to everyone, whatever players may say to each other; it is kept like any other."""
    speech = Speech(None, None, HOUSE, text)
    return [*_tell(audience, speech, "everyone", now_ms), Keep(speech, "everyone")]


def recall(audience: Audience, past: Iterable[tuple[HeardBy, Speech]], now_ms: int) -> None:
    """What was said before the match was loaded, in order. Where spectators are told later it is new to them."""
    for heard_by, speech in past:
        _tell(audience, speech, heard_by, now_ms)


def put_line(audience: Audience, to: Literal["seats", "spectators"], speech: Speech) -> list[Effect]:
    """One more line for these."""
    talk = audience.talk
    here, chat = (audience.seated, talk.seats) if to == "seats" else (audience.spectators, talk.spectators)
    line = chat.add(speech)
    return [Put(tuple(here.values()), _said(line), "event")] if here else []


def missed(audience: Audience, connection: Connection, seen: int) -> Iterable[Effect]:
    """What was said to this connection's kind since line `seen`."""
    return [Put((connection,), _said(line), "event") for line in audience.talk.of(connection.seat).since(seen)]


def _tell(audience: Audience, speech: Speech, heard_by: HeardBy, now_ms: int) -> list[Effect]:
    effects: list[Effect] = []
    if heard_by != "spectators":
        effects += put_line(audience, "seats", speech)
    if heard_by != "seats" and audience.late is not None and speech.seat is not None:
        audience.late.say(speech, now_ms)
    elif heard_by != "seats":
        effects += put_line(audience, "spectators", speech)
    return effects


def _said(line: ChatLine) -> bytes:
    return codec.encode(ChatSaid(line.k, line.seat, line.name, line.text, line.player, line.phrase))
