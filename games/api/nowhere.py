"""Every address under `/api/` that is nobody's. `gameserver/api.py` adds it last, since the first match wins."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from games.api.errors import not_found

router = Router()


@router.api_operation(
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"], "/{path:rest}", include_in_schema=False
)
def nothing_here(request: HttpRequest, rest: str) -> None:
    """Told in the one shape, like everything else that goes wrong."""
    raise not_found()
