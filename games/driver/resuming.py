"""After a pause: what of this host's matches is still its own, and what others took meanwhile.

Called on the loop with the leases as the database knows them after the first heartbeat that came through again. The
match's state was kept, so that whoever still owns it goes on at once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from games.driver.live import now_ms, unix_ms
from games.driver.pulse import PAUSE_S
from games.host.entries import MatchId
from games.protocol.codes import Close

if TYPE_CHECKING:
    from games.driver.core import Driver

logger = logging.getLogger(__name__)


def resume(driver: Driver, owned: Mapping[MatchId, int], sent_s: float) -> None:
    """`owned`: epochs of this host's leases, read after the heartbeat that was sent at `sent_s` (monotonic)."""
    pulse = driver.pulse
    if not pulse.lapsed:
        return  # two answers were under way, and the first one did it
    since_s = min(pulse.renewed_s + PAUSE_S, pulse.stood_s or pulse.renewed_s + PAUSE_S)
    stood_ms = now_ms() - round(since_s * 1000)
    if not pulse.renew(sent_s):
        return  # that answer, too, was long on its way: the next one decides
    pulse.pauses += 1
    lost = 0
    for live in tuple(driver.live.values()):
        header = live.match.header
        if live.refolding:
            continue  # takes its lease anew, and will be told then
        if owned.get(header.id) != header.facts.epoch:
            lost += 1
            driver.drop(live, Close.MOVED)
        else:
            live.run(live.match.stood, stood_ms, now_ms(), unix_ms())
            driver.thaw(live)
    logger.warning(
        "going on after %.1f s: %d matches kept, %d taken by others", stood_ms / 1000, len(driver.live), lost
    )
