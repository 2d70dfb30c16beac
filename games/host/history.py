"""The last frames of a match, so that a connection that was away gets what it missed instead of the whole. Pure."""

from __future__ import annotations

from games.host.fold import Fold

Viewer = int | None
"""A seat, or None for every spectator."""

Frames = bytes | dict[Viewer, bytes]
"""One encoded frame for all, or, in secret games, one for each viewer."""

# A turn-based match makes some versions a minute, and a train is in a tunnel for a minute or two. 64 frames of 200
# bytes are 13 KiB a match.
KEPT_FRAMES = 64


def frame_for(frames: Frames, viewer: Viewer) -> bytes | None:
    """The frame that this viewer may see; None where none was made, since nobody was there to look."""
    return frames if isinstance(frames, bytes) else frames.get(viewer)


class History:
    """Frames by version, gapless; the oldest are dropped, and who needs those gets a full view."""

    __slots__ = ("_frames", "_newest")

    def __init__(self, newest: int) -> None:
        self._newest = newest
        self._frames: list[Frames] = []  # not a deque, which takes 600 bytes before anybody has moved

    def add(self, version: int, frames: Frames) -> None:
        """The frames of the next version."""
        assert version == self._newest + 1, f"version {version} cannot follow {self._newest}"
        self._newest = version
        self._frames.append(frames)
        if len(self._frames) > KEPT_FRAMES:
            del self._frames[0]

    def since(self, version: int, viewer: Viewer) -> list[bytes] | None:
        """What came after `version`, oldest first; None where that is no longer, or was never, held."""
        missed = self._newest - version
        if not 0 <= missed <= len(self._frames):
            return None
        held = len(self._frames)
        frames = [frame_for(self._frames[index], viewer) for index in range(held - missed, held)]
        return None if None in frames else [frame for frame in frames if frame is not None]


def ticks_ms(fold: Fold, versions: int) -> int:
    """How much play so many versions are: what was shown and not stored yet are ticks, and nothing else."""
    return max(0, versions) * 1000 // fold.hz if fold.hz else 0
