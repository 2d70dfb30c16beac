"""Every code that a client can be given, with what it means and what to do.

`docs/protocol.md` and the SDK's types are generated from these tables. A code, once released, keeps its meaning.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Code(StrEnum):
    """Why an input was refused: `reject.code` where a `c` can be named, else `error.code`."""

    # the frame itself
    NOT_TEXT = "not_text"
    BAD_UTF8 = "bad_utf8"
    BAD_JSON = "bad_json"
    BAD_MESSAGE = "bad_message"
    TOO_LARGE = "too_large"
    FLOOD = "flood"
    HELLO_FIRST = "hello_first"
    HELLO_TWICE = "hello_twice"
    # the input
    NOT_SEATED = "not_seated"
    NOT_STARTED = "not_started"
    NOT_YOUR_TURN = "not_your_turn"
    ILLEGAL = "illegal"
    STALE = "stale"
    FLAGGED = "flagged"
    OVER = "over"
    C_TAKEN = "c_taken"
    C_GAP = "c_gap"
    NO_OFFER = "no_offer"
    NOT_OFFERED = "not_offered"
    TOO_LATE = "too_late"
    NOT_GONE = "not_gone"
    PAUSED = "paused"
    NO_PAUSE = "no_pause"
    TRY_AGAIN = "try_again"
    # the chat
    CHAT_LIMIT = "chat_limit"
    CHAT_SAME = "chat_same"
    CHAT_EMPTY = "chat_empty"
    CHAT_QUICK = "chat_quick"
    CHAT_CLOSED = "chat_closed"
    CHAT_MUTED = "chat_muted"
    # joining, over HTTP
    SEAT_TAKEN = "seat_taken"
    # deciding a result, in the admin
    BAD_SCORES = "bad_scores"


WHY: dict[Code, str] = {
    Code.NOT_TEXT: "Send JSON as text frames; binary frames are not read.",
    Code.BAD_UTF8: "The text is not valid UTF-8 or holds a lone surrogate or a NUL character.",
    Code.BAD_JSON: "The text is not JSON: check brackets, quotes, nesting and numbers.",
    Code.BAD_MESSAGE: "No message of this protocol has this shape.",
    Code.TOO_LARGE: "A message may hold at most 16 KiB.",
    Code.FLOOD: "Too many messages at once; connect again in a few seconds and send more slowly.",
    Code.HELLO_FIRST: "The first message on a connection must be hello.",
    Code.HELLO_TWICE: "Hello is said once, at the beginning of a connection.",
    Code.NOT_SEATED: "You are watching; only those who sit at this match may do this.",
    Code.NOT_STARTED: "The match has not begun: a seat is still free.",
    Code.NOT_YOUR_TURN: "It is not your turn, or you have already answered.",
    Code.ILLEGAL: "The rules do not allow this move here.",
    Code.STALE: "This move answers a position that is no longer on the board.",
    Code.FLAGGED: "Your time was over when this move arrived.",
    Code.OVER: "The match is over.",
    Code.C_TAKEN: "This number was used for another input; number on from the last one, given in this answer.",
    Code.C_GAP: "Inputs are numbered without gaps; number on from the last one, given in this answer.",
    Code.NO_OFFER: "This match does not know this offer, or you cannot make it now.",
    Code.NOT_OFFERED: "There is no such offer to answer; it may have lapsed.",
    Code.TOO_LATE: "Too much has been played for this.",
    Code.NOT_GONE: "The others are here, or have not been away for long enough.",
    Code.PAUSED: "The match is paused; let it go on first.",
    Code.NO_PAUSE: "This game cannot be paused, or you have paused it often enough.",
    Code.TRY_AGAIN: "The server could not store this just now; send it again.",
    Code.CHAT_LIMIT: "You are writing too fast; wait a few seconds.",
    Code.CHAT_SAME: "You have just said that.",
    Code.CHAT_EMPTY: "There is nothing in this line that can be read.",
    Code.CHAT_QUICK: "While this game is played, players can only use the quick phrases.",
    Code.CHAT_CLOSED: "While this game is played, players cannot talk to each other.",
    Code.CHAT_MUTED: "A moderator has taken the chat from you for a while.",
    Code.BAD_SCORES: "Give one score for each side of this match.",
    Code.SEAT_TAKEN: "No seat is free at this match; you can watch it.",
}


class Close(IntEnum):
    """Why a socket was closed. `RETRY` says whether a client should connect again."""

    GOING_AWAY = 1001
    BAD_UTF8 = 1007
    TOO_LARGE = 1009
    INTERNAL = 1011
    RESTART = 1012
    REPLACED = 4000
    SIGNED_OUT = 4001
    BANNED = 4002
    NO_SUCH_MATCH = 4004
    FLOOD = 4008
    SLOW = 4009
    MOVED = 4010
    FAULT = 4011
    NO_HELLO = 4012
    BUSY = 4013
    TOKEN = 4014


RETRY: dict[Close, bool] = {
    Close.GOING_AWAY: True,
    Close.BAD_UTF8: False,
    Close.TOO_LARGE: False,
    Close.INTERNAL: True,
    Close.RESTART: True,
    Close.REPLACED: False,
    Close.SIGNED_OUT: False,
    Close.BANNED: False,
    Close.NO_SUCH_MATCH: False,
    Close.FLOOD: True,
    Close.SLOW: True,
    Close.MOVED: True,
    Close.FAULT: False,
    Close.NO_HELLO: False,
    Close.BUSY: True,
    Close.TOKEN: True,
}

CLOSE_WHY: dict[Close, str] = {
    Close.GOING_AWAY: "The page or the server went away.",
    Close.BAD_UTF8: "A text frame was not valid UTF-8.",
    Close.TOO_LARGE: "A message was larger than 16 KiB.",
    Close.INTERNAL: "The server failed at this connection; connect again.",
    Close.RESTART: "The server restarts; connect again.",
    Close.REPLACED: "This seat was taken over by another tab or device of yours.",
    Close.SIGNED_OUT: "You were signed out.",
    Close.BANNED: "You are banned; every page of this site now says why and until when.",
    Close.NO_SUCH_MATCH: "There is no such match.",
    Close.FLOOD: "Too many messages at once; wait a few seconds before connecting again.",
    Close.SLOW: "This connection could not keep up; connect again.",
    Close.MOVED: "The match moved to another process; connect again.",
    Close.FAULT: "The match was aborted by a fault of its rules; its record is kept.",
    Close.NO_HELLO: "No hello came within ten seconds.",
    Close.BUSY: "The server is busy; connect again in a moment.",
    Close.TOKEN: "The token is not valid any more; connect again without it or with a new ticket.",
}
