"""What a person chooses for themselves on every page: name, language, colours; and the words that scripts say."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_GET
from django.views.i18n import JavaScriptCatalog

from games.views.back import back_from
from players.errors import ServiceError
from players.services import player_language_set, player_of, player_rename

THEMES = ("auto", "light", "dark")
A_YEAR_S = 60 * 60 * 24 * 365
# The catalogue of words changes only with a new version of the server; an hour later every page has the new one.
WORDS_FRESH_S = 60 * 60


def me(request: HttpRequest) -> HttpResponse:
    """Name, language and colours of whoever asks; a stranger who gives a name becomes a guest."""
    if request.method != "POST":
        return render(request, "me.html")
    answer = redirect(back_from(request, "home"))
    try:
        _rename(request)
        _choose_language(request, answer)
    except ServiceError as refused:
        context = {"refused": refused.why, "name": request.POST.get("name", "")}
        return render(request, "me.html", context, status=422)
    if request.POST.get("theme") in THEMES:
        answer.set_cookie("theme", request.POST["theme"], max_age=A_YEAR_S, samesite="Lax", secure=request.is_secure())
    return answer


@require_GET
def words(request: HttpRequest, language: str) -> HttpResponseBase:
    """The JavaScript catalogue of one language. The address names it, so that a cache cannot mix languages up."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        # This project's own words only; the admin's would be ten times as many.
        answer = JavaScriptCatalog.as_view(packages=["games"])(request)
    answer["Cache-Control"] = f"public, max-age={WORDS_FRESH_S}"
    return answer


def _rename(request: HttpRequest) -> None:
    if "name" in request.POST:
        player = player_of(request, create=True)
        assert player is not None
        player_rename(player=player, name=request.POST["name"])


def _choose_language(request: HttpRequest, answer: HttpResponseRedirect) -> None:
    language = request.POST.get("language")
    if language not in dict(settings.LANGUAGES):
        return
    player = player_of(request)
    if player:
        player_language_set(player=player, language=language)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=A_YEAR_S,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
