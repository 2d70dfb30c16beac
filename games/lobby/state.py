"""The lobby's picture as it is told: what is shown next, and the patch that leads there. Pure.

`hub.py` owns one `Told`. The law: whoever holds the whole of some version and applies the patches after it holds what
the newest whole says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from games.protocol import codec, patch
from games.protocol.messages import Lobby, Picture

T = TypeVar("T")

# Nobody reads more new lines in half a second. What comes faster than this is told in the next versions, if it is still
# there by then: so a frame stays small however much happens, and the lists stand still enough to be clicked.
NEW_ROWS: Final = 4


class Told:
    """The picture at version `v`, which every connection has or is about to get."""

    def __init__(self, picture: Picture, v: int = 0) -> None:
        self.picture, self.v = picture, v
        self._plain: Any = msgspec.to_builtins(picture)
        self._whole: bytes | None = None

    @property
    def whole(self) -> bytes:
        """The frame with all of it; encoded once, however many ask."""
        if self._whole is None:
            self._whole = codec.encode(Lobby(v=self.v, picture=self.picture))
        return self._whole

    def follow(self, read: Picture) -> tuple[Any, bool]:
        """Go on towards what was `read`. The patch, None where nothing has changed; and whether something is held
        back, so that there is more to tell of this very reading."""
        shown = eased(self.picture, read)
        plain = msgspec.to_builtins(shown)
        # Ids have no `+` and nothing in a picture is null, so that a patch can say every change.
        changes = patch.diff(self._plain, plain)
        assert changes is not None
        if changes:
            self.picture, self._plain, self._whole = shown, plain, None
            self.v += 1
        return changes or None, shown != read


def eased(before: Picture, read: Picture) -> Picture:
    """What is shown next: all of `read` but a part of the lines that are new in it."""
    return msgspec.structs.replace(read, open=_eased(before.open, read.open), live=_eased(before.live, read.live))


def _eased(before: Mapping[str, T], read: Mapping[str, T]) -> dict[str, T]:
    """`read` is in the order of its importance: of what is new, the first lines."""
    fresh = [key for key in read if key not in before][NEW_ROWS:]
    return {key: row for key, row in read.items() if key not in fresh}
