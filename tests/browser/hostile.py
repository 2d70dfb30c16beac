"""Run inside the server's own Django (`shell -c`): puts hostile words wherever a person can write some.

Prints what the test needs to find them again, as JSON.
"""

from __future__ import annotations

import json
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from games.models import ChatLine
from games.services import match_arrange
from moderation.models import Announcement, Macro, Note
from moderation.services import report_create
from players import bans
from players.company.services import friend_accept, friend_ask
from players.models import Player
from players.services import guest_create, player_rename
from tournaments.limits import Wish
from tournaments.services import tournament_create

# The shortest that would do harm; a name has room for 24 characters.
NAMES = ("<img src=x onerror=a()>", "</script><i>a</i>", "'\"><svg onload=a()>")
WORDS = "<script>a()</script><img src=x onerror=a()>'\"{{ 7*7 }}${7*7}</textarea></title>%(name)s javascript:a()"


def session_of(player: Player) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(player.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = player.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def main() -> None:
    people = [player_rename(player=guest_create(language="en"), name=name) for name in NAMES]
    ada, bob, eve = people
    admin = Player.objects.create_superuser("root", email="", password=None, name=NAMES[0][::-1])
    match = match_arrange(game="connect-four", players=[ada, bob])
    ChatLine.objects.create(match=match, audience="seats", seat=0, player=ada, name=ada.name, text=WORDS)
    friend_ask(player=ada, other=bob)
    friend_accept(player=bob, other=ada)
    friend_ask(player=eve, other=ada)
    report = report_create(reporter=bob, about=ada, match=match, reason="chat", text=WORDS, line=WORDS)
    Note.objects.create(player=ada, by=admin, text=WORDS)
    Macro.objects.create(title=WORDS[:80], action="dismiss", text_en=WORDS, text_ko=WORDS)
    Announcement.objects.create(text_en=WORDS, text_ko=WORDS)
    tournament = tournament_create(
        by=admin,
        wish=Wish(
            name=WORDS[:36],
            format="arena",
            game="connect-four",
            clock={"kind": "fischer", "base_ms": 180_000, "extra_ms": 0},
            start_at=timezone.now() + timedelta(hours=1),
            minutes=30,
        ),
    )
    bans.player_ban(player=eve, by=admin, reason="other", term=timedelta(days=1), words=WORDS)
    told = {"match": match.public_id, "pk": match.pk, "report": report.pk, "tournament": tournament.public_id}
    told |= {name: one.public_id for name, one in zip(("ada", "bob", "eve"), people, strict=True)}
    sessions = {name: session_of(one) for name, one in (("ada", ada), ("eve", eve), ("admin", admin))}
    print(json.dumps(told | {"ada_pk": ada.pk, "sessions": sessions, "cookie": settings.SESSION_COOKIE_NAME}))


main()
