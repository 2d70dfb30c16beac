"""How often one address or player may do what costs the house: buckets in the memory of this process.

Called by services and the API. The limits are honest about their reach: they hold per process, so N processes allow N
times as much; what must hold exactly is a constraint in the database instead.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from threading import Lock

# An address costs about 200 bytes here, so 2 MB at most. Beyond it the longest unused is forgotten, which only
# forgives.
REMEMBERED = 10_000


class Throttle:
    """Buckets of `burst` wishes that refill at `per_minute`. Safe to call from any thread."""

    def __init__(self, *, burst: int, per_minute: float, now_s: Callable[[], float] = time.monotonic) -> None:
        self._burst = float(burst)
        self._per_s = per_minute / 60
        self._now_s = now_s
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, key: str) -> int:
        """0 when `key` may now, and one wish is taken from its bucket; else whole seconds until it may."""
        with self._lock:
            now = self._now_s()
            left, since = self._buckets.pop(key, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._per_s)
            allowed = left >= 1
            self._buckets[key] = (left - 1 if allowed else left, now)
            if len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
        return 0 if allowed else math.ceil((1 - left) / self._per_s)


def network_of(address: str) -> str:
    """What an address is counted under: itself, or its /64 where it is IPv6, since a household is given a whole one."""
    try:
        one = ip_address(address)
    except ValueError:
        return address
    if isinstance(one, IPv6Address) and one.ipv4_mapped is None:
        return str(IPv6Address(int(one) >> 64 << 64))
    return address
