"""The pages of matches: the first one, a new match, the table, the record.

Each reads by selectors, writes by services, and renders one template. Only what waits for the owner of a match is
asynchronous: `sit`, and `play` where it joins.
"""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from games import commands, offers, selectors, services, shown
from games.boards import board_of
from games.forms import NewMatch
from games.lobby import listed
from games.models import Match
from games.protocol.phrases import PHRASES
from games.rules.catalog import AnyRules, UnknownGame, all_newest, newest
from players.company.selectors import unread_by
from players.errors import ServiceError
from players.models import Player
from players.services import player_of

# Of one's own, as many as stand beside the games without scrolling.
LISTED = 6
# What the first page's script imports to hear the lobby.
LOBBY_MODULES = (
    *(f"sdk/{name}.js" for name in ("lobby", "line", "patch")),
    *(f"pages/{name}.js" for name in ("lobby", "listed", "dom", "words")),
    "text.js",
)
# Others may be faster, or a match just over: after so many tries one begins a match of one's own.
TRIES = 3
# What the match page's script imports, in any depth.
MATCH_MODULES = (
    *(f"sdk/{name}.js" for name in ("madang", "clocks", "delay", "line", "outbox", "patch", "seen", "state", "ticks")),
    *(f"pages/{name}.js" for name in ("actions", "again", "around", "chat", "clocks", "dom", "frames", "invite")),
    *(f"pages/{name}.js" for name in ("moves", "ratings", "scores", "strips", "words")),
    "boards/board.js",
    "text.js",
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The games as living miniatures, open seats, live matches, and the player's own."""
    player = player_of(request)
    own = selectors.matches_of(player, LISTED) if player else []
    context = {
        "games": [shown.miniature(rules) for rules in all_newest() if offers.is_playable(rules.name)],
        "lobby": listed.lobby(player),
        "modules": LOBBY_MODULES,
        "own": [shown.row(match, player) for match in own],
    }
    return render(request, "home.html", context)


@require_safe
def new(request: HttpRequest, game: str) -> HttpResponse:
    """Choose how to play `game`."""
    rules = _rules(game)
    if not offers.is_playable(game):
        messages.info(request, _("This game is switched off at the moment; choose another one."))
        return redirect("home")
    return render(request, "new.html", _choosing(rules, NewMatch(rules, offer=offers.offers.of(game))))


@require_POST
async def play(request: HttpRequest) -> HttpResponseBase:
    """Start a match and go to it; a stranger becomes a guest. With `join`, one that is under way is preferred."""
    rules = _rules(request.POST.get("game", ""))
    if "join" in request.POST and rules.entered:
        joined = await _join(request, rules)
        if joined is not None:
            return redirect("match", joined.public_id)
    return await sync_to_async(_start)(request, rules)


async def _join(request: HttpRequest, rules: AnyRules) -> Match | None:
    """The match in which the player now sits, or is about to; None where no seat was free."""
    try:
        player = await sync_to_async(player_of)(request, create=True)
    except ServiceError:
        return None  # starting one will say why
    assert player is not None
    for found in await sync_to_async(selectors.matches_to_enter)(rules, player, TRIES):
        answer = await commands.execute(match=found, kind="sit", by=player, body={})
        if answer is None or answer["ok"]:
            return found
    return None


def _start(request: HttpRequest, rules: AnyRules) -> HttpResponse:
    form = NewMatch(rules, request.POST, offer=offers.offers.of(rules.name))
    if form.is_valid():
        try:
            player = player_of(request, create=True)
            assert player is not None
            made = services.match_create(game=rules.name, by=player, **form.choices())
            return redirect("match", made.public_id)
        except ServiceError as refused:
            form.add_error(None, refused.why)
    return render(request, "new.html", _choosing(rules, form), status=422)


@require_safe
def match(request: HttpRequest, public_id: str) -> HttpResponse:
    """The table: everything that moves on it comes by the WebSocket."""
    found = _match(public_id)
    player = player_of(request)
    context = _table(found, player)
    invitation = request.build_absolute_uri(request.path)
    context |= {"invitation": invitation, "modules": MATCH_MODULES, "phrases": PHRASES.items()}
    unread = unread_by(player.pk) if player else []
    return render(request, "match.html", {**context, "unread": " ".join(unread)})


@require_POST
async def sit(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Take a free seat: one click, also for someone who was never here before."""
    found = await sync_to_async(_match)(public_id)
    try:
        player = await sync_to_async(player_of)(request, create=True)
    except ServiceError as refused:
        messages.error(request, refused.why)
        return redirect("match", public_id)
    answer = await commands.execute(match=found, kind="sit", by=player, body={})
    if answer is None:
        messages.info(request, _("The seat is being prepared; this page shows you as soon as you sit."))
    elif not answer["ok"]:
        messages.error(request, _(answer["why"]))
    return redirect("match", public_id)


@require_safe
def record(request: HttpRequest, public_id: str) -> HttpResponse:
    """The match at rest, to be stepped through."""
    found = _match(public_id)
    return render(request, "record.html", _table(found, player_of(request)))


# ── what the templates are told ─────────────────────────────────────────────────────────────────────────────


def _rules(game: str) -> AnyRules:
    try:
        return newest(game)
    except UnknownGame as missing:
        raise Http404 from missing


def _match(public_id: str) -> Match:
    found = selectors.match_get(public_id)
    if found is None:
        raise Http404
    return found


def _table(found: Match, player: Player | None) -> dict[str, Any]:
    try:
        return shown.table(found, player)
    except UnknownGame as missing:
        raise Http404 from missing


def _choosing(rules: AnyRules, form: NewMatch) -> dict[str, Any]:
    return {"rules": rules, "form": form, "board": board_of(rules)}
