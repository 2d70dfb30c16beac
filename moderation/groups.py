"""Who may do what: three groups, made anew after every migration.

Nobody else gives rights to them; a superuser puts people in (docs/moderation.md tells admins what each may).
Who wants another mixture makes a group of their own, which is left alone.
"""

from __future__ import annotations

from typing import Any

OBSERVER, MODERATOR, ADMINISTRATOR = "observer", "moderator", "administrator"

APPS = ("games", "players", "tournaments", "moderation")
# Not even to be looked at by everybody: digests of secrets, and rows that only say what a program did.
HIDDEN = {"players.key", "players.ticket", "players.revocation", "players.takenname", "moderation.act"}

OF_MODERATORS = {
    "call_off_match",
    "rule_match",
    "say_at_match",
    "ban_player",
    "mute_player",
    "warn_player",
    "rename_player",
    "answer_report",
    "note_player",
}
# By forms: the house's own words and switches.
OF_ADMINISTRATORS = {
    "games.gamesetting": ("add", "change"),
    "moderation.announcement": ("add", "change", "delete"),
    "moderation.macro": ("add", "change", "delete"),
    "players.key": ("view", "delete"),
    "players.ticket": ("view", "delete"),
}


def make(**_: Any) -> None:
    """Give the three groups exactly what they should have. Run after migrations, when all permissions are there."""
    from django.contrib.auth.models import Group, Permission

    wanted = _wanted()
    all_of_ours = {
        f"{one.content_type.app_label}.{one.codename}": one for one in Permission.objects.select_related("content_type")
    }
    for name, codes in wanted.items():
        group, _made = Group.objects.get_or_create(name=name)
        group.permissions.set([all_of_ours[code] for code in sorted(codes) if code in all_of_ours])


def _wanted() -> dict[str, set[str]]:
    from django.apps import apps

    labels = {model._meta.label_lower for app in APPS for model in apps.get_app_config(app).get_models()}
    seen = {_code("view", label) for label in labels - HIDDEN}
    moderator = seen | {f"moderation.{act}" for act in OF_MODERATORS} | {_code("view", "moderation.act")}
    administrator = moderator | {f"moderation.{act}" for act in ("lift_quarantine", "reset_rating")}
    administrator |= {_code(what, label) for label, whats in OF_ADMINISTRATORS.items() for what in whats}
    ours = {label for label in labels if label.startswith("tournaments.")}
    administrator |= {_code(what, label) for label in ours for what in ("add", "change", "delete")}
    return {OBSERVER: seen, MODERATOR: moderator, ADMINISTRATOR: administrator}


def _code(what: str, label: str) -> str:
    app, _dot, model = label.partition(".")
    return f"{app}.{what}_{model}"
