"""What relaying has done so far, as plain integers for operators."""

from __future__ import annotations


class Counts:
    """`published` packets, `failed` ones (deadline or error of the layer), items `dropped` unsent; `gaps` found in
    streams, full views asked for (`resyncs`), packets of a `foreign_wire`, inputs `forwarded`, and those `unanswered`
    in time; frames of `lower_epochs` that were not shown; matches given away (`handovers`)."""

    __slots__ = (
        "dropped",
        "failed",
        "foreign_wire",
        "forwarded",
        "gaps",
        "handovers",
        "lower_epochs",
        "published",
        "resyncs",
        "unanswered",
    )

    def __init__(self) -> None:
        self.published = self.failed = self.dropped = self.gaps = self.resyncs = self.foreign_wire = 0
        self.forwarded = self.unanswered = self.lower_epochs = self.handovers = 0
