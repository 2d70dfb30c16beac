"""The HTTP API under `/api/`: for programs, and described by `/api/openapi.json`.

`urls` is mounted by `gameserver/urls.py`, with the endpoints of apps above. Endpoints turn requests into calls of
services and selectors and hold no rules of their own. Every answer is JSON; every error is `{"code", "why"}`.
"""

from __future__ import annotations

from ninja import NinjaAPI, Router

from games.api import company, finding, games, matches, people, ranks
from games.api.errors import Urls, answer_json, handle_errors
from games.api.reading import StrictParser

api = NinjaAPI(
    title="Madang",
    version="1",
    description=(
        "Games and matches over HTTP; playing itself goes over the WebSocket of a match. Programs send "
        "`Authorization: Bearer <key>` with the key that `POST /api/players` tells once; pages send their cookie and "
        "its CSRF token. `code` in an error is for programs and keeps its meaning; `why` is for people, in the "
        "language of `Accept-Language`."
    ),
    docs_url=None,  # its page loads scripts from elsewhere, which the Content-Security-Policy forbids
    parser=StrictParser(),
    urls_namespace="api",
)
handle_errors(api)
api.add_router("", games.router)
api.add_router("", matches.router)
api.add_router("", finding.router)
api.add_router("", ranks.router)
api.add_router("", company.router)
api.add_router("", people.router)


def urls(*above: Router) -> Urls:
    """All addresses, with those of apps that stand above this one. To be called once: routers are not added twice."""
    for router in (*above, people.last):
        api.add_router("", router)
    return answer_json(api.urls)
