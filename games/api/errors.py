"""One shape for everything that goes wrong: `{"code", "why"}`, whatever raised it.

Used by the API's other modules. Never tells anything internal: what is unexpected goes to the log.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.utils.log import log_response
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from players.errors import ServiceError

Urls = tuple[list[URLResolver | URLPattern], str, str]

STATUS = {
    "bad_json": 400,
    "not_signed_in": 401,
    "csrf": 403,
    "banned": 403,
    "not_found": 404,
    "not_allowed": 405,
    "too_large": 413,
    "rate_limited": 429,
    "fault": 500,
    # refusals of services: 409 where the state of things forbids it, 422 where the wish itself is wrong
    "secret": 409,
    "too_many_waiting": 409,
    "switched_off": 409,
    "too_many_live": 409,
    "not_rated_here": 422,
    "no_practice_here": 422,
    "name_taken": 409,
    "unknown_game": 422,
    "bad_seats": 422,
    "bad_seat": 422,
    "bad_options": 422,
    "bad_clock": 422,
    "cannot_be_rated": 422,
    "bad_name": 422,
    "bad_language": 422,
    "bad_pool": 422,
    "bad_wait": 422,
    "yourself": 422,
    "bad_request": 422,
    # of tournaments
    "not_allowed_here": 403,
    "bad_length": 422,
    "bad_start": 422,
    "bad_conditions": 422,
}
"""Every code that this API gives by itself; a joining match may answer with one of `protocol/codes.py`, always with
409."""


class Problem(Schema):
    """An error. `code` is for programs, `why` a sentence for people that says what to do."""

    code: str
    why: str


def problem(code: str, why: str, *, retry_s: int | None = None) -> HttpResponse:
    """The answer that tells a problem."""
    status = STATUS.get(code, 409)
    response = plain({"code": code, "why": why}, status=status)
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    if retry_s is not None:
        response["Retry-After"] = str(retry_s)
    return response


def plain(body: Any, *, status: int = 200) -> HttpResponse:
    """An answer of values that need no further check."""
    return HttpResponse(msgspec.json.encode(body), status=status, content_type="application/json; charset=utf-8")


def not_found() -> ServiceError:
    """There is no such thing, or none that may be told of: the answers do not differ."""
    return ServiceError("not_found", _("There is nothing here; check the address."))


def handle_errors(api: NinjaAPI) -> None:
    """Give every exception of an endpoint its answer."""
    api.exception_handler(ServiceError)(_service_error)
    api.exception_handler(ValidationError)(_validation_error)
    api.exception_handler(HttpError)(_http_error)
    api.exception_handler(RequestDataTooBig)(_too_large)
    api.exception_handler(Exception)(_unexpected)


def _service_error(request: HttpRequest, error: ServiceError) -> HttpResponse:
    return problem(error.code, error.why, retry_s=error.retry_s)


def _validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    # The first parts of a place say "body" and the parameter's name, which callers never wrote.
    told = [f"{'.'.join(map(str, one['loc'][2:])) or one['loc'][-1]}: {one['msg']}" for one in error.errors]
    return problem("bad_request", "; ".join(told))


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 401:
        why = _("Sign in, or send a valid key as Authorization: Bearer.")
        return problem("not_signed_in", why)
    return problem("bad_json", _("The body is not JSON: check brackets, quotes, nesting and numbers."))


def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem("too_large", _("The body is too large; a few kilobytes are enough for everything here."))


def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    response = problem("fault", _("Something went wrong here, and it was noted; try again later."))
    log_response(
        "%s: %s",
        "Internal Server Error",
        request.path,
        response=response,
        request=request,
        level="error",
        exception=error,
    )
    return response


def answer_json(urls: Urls) -> Urls:
    """Wrap every view, so that what never reaches an endpoint (405, unknown addresses) is told in the same shape."""
    for pattern in urls[0]:
        if isinstance(pattern, URLPattern):
            pattern.callback = _wrapped(pattern.callback)
    return urls


def _wrapped(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def sync_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return _told(request, view(request, *args, **kwargs))
        except Http404:
            return _service_error(request, not_found())

    @wraps(view)
    async def async_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _told(request, await view(request, *args, **kwargs))

    return async_view if iscoroutinefunction(view) else sync_view


def _told(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code != 405:
        return response
    why = _("%(method)s is not for this address; use %(allowed)s.")
    told = problem("not_allowed", why % {"method": request.method, "allowed": response["Allow"]})
    told["Allow"] = response["Allow"]
    return told
