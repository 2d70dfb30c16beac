"""The page of a player, which anyone may see, and the picture that goes with the name."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from games import selectors, shown
from players import avatars, countries
from players.ids import ALPHABET, ID_LENGTH
from players.selectors import player_get
from players.services import player_of

# As many as a person looks through; older ones are found by their records.
LISTED = 20
# A picture never changes: a year is what caches understand by for ever.
FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def player(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who this is, and what they played last. Who is asked for is `person`; who asks is `user`, as on every page."""
    person = player_get(public_id)
    if person is None:
        raise Http404
    asks = player_of(request)
    context = {
        "person": person,
        "called": shown.called(person.name, bot=False),
        "country": countries.name_of(person.country, get_language() or ""),
        "is_you": asks == person,
        "rows": [shown.row(match, person) for match in selectors.matches_seen_of(person, LISTED, by=asks)],
    }
    return render(request, "player.html", context)


@require_safe
def avatar(request: HttpRequest, public_id: str) -> HttpResponse:
    """The picture of whoever has this id; it is drawn from the id alone, so nobody is looked up."""
    if len(public_id) != ID_LENGTH or not set(public_id) <= set(ALPHABET):
        raise Http404
    size = avatars.SIZE
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">{avatars.picture(public_id)}</svg>'
    return HttpResponse(drawn, content_type="image/svg+xml", headers={"Cache-Control": FOR_EVER})
