"""Who may read this process's numbers, and the two pages of them: `/metrics` and `/metrics/matches`.

Called by `health.py` before anything else is asked. May read: this machine, addresses that the operator named, or
whoever brings the token. What came through a proxy is not from this machine, whatever its address says: without the
token it is refused, so that a proxy set up in haste shows nobody the server's insides.
"""

from __future__ import annotations

import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from gameserver import metrics
from gameserver.environment import Network
from gameserver.process import Process

PATHS = frozenset({"/metrics", "/metrics/matches"})
# What proxies add; one is enough to say that the address is not the reader's own.
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")


async def answer(request: HttpRequest, process: Process | None) -> HttpResponse:
    """One of `PATHS`, or a refusal."""
    if not may_read(request):
        why = "Metrics are told to this machine, to MADANG_METRICS_FROM and to bearers of MADANG_METRICS_TOKEN.\n"
        response = HttpResponse(why, status=403, content_type="text/plain")
    elif process is None:
        response = HttpResponse("starting\n", status=503, content_type="text/plain")
    elif request.path_info == "/metrics":
        response = HttpResponse(metrics.page(process), content_type=metrics.CONTENT_TYPE)
    else:
        response = JsonResponse({"watched_s": metrics.WATCH_S, "matches": await metrics.costliest(process)})
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(response.content))
    return response


def may_read(request: HttpRequest) -> bool:
    """Whether this request may see the numbers."""
    return _brings_token(request) or (not _forwarded(request) and _near(request.META.get("REMOTE_ADDR") or ""))


def _brings_token(request: HttpRequest) -> bool:
    token: str = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def _forwarded(request: HttpRequest) -> bool:
    return any(name in request.headers for name in FORWARDED)


def _near(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False  # a server on a Unix socket knows no address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    networks: list[Network] = settings.METRICS_FROM
    return any(found in network for network in networks)
