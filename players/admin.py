"""Players, their keys and tickets, for admins.

Nobody is deleted here: records name their players, and who must go is made inactive. Only superusers give rights away.
"""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.models import EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from players.errors import ServiceError
from players.models import Key, Player, Ticket
from players.paging import BoundedPaginator
from players.ratings.admin import PoolAdmin, RatingAdmin, RatingResetAdmin
from players.services import name_check, player_rename

# Registered by being imported.
__all__ = ["KeyAdmin", "PlayerAdmin", "PoolAdmin", "RatingAdmin", "RatingResetAdmin", "TicketAdmin"]

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


class NameRules:
    """A form in which a name keeps the same rules as everywhere."""

    cleaned_data: dict[str, Any]
    instance: Player

    def clean_name(self) -> str:
        """The name as it is kept."""
        try:
            return name_check(name=self.cleaned_data["name"], by=self.instance if self.instance.pk else None)
        except ServiceError as refused:
            raise ValidationError(refused.why, code=refused.code) from None


class PlayerForm(NameRules, UserChangeForm):  # type: ignore[type-arg]
    """Change a player."""


class NewPlayerForm(NameRules, UserCreationForm):  # type: ignore[type-arg]
    """Add an account."""


@admin.register(Player)
class PlayerAdmin(UserAdmin):  # type: ignore[type-arg]
    """Accounts and guests: name, language, activity; for superusers also rights."""

    form = PlayerForm
    add_form = NewPlayerForm
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_display = ("name", "public_id", "username", "is_guest", "is_active", "is_staff", "date_joined")
    list_filter = ("is_guest", "is_active", "is_staff", "language")
    search_fields = ("name", "=public_id", "=username")
    ordering = ("-pk",)
    readonly_fields = ("public_id", "is_guest", "last_login", "date_joined", "deleted_at")
    fieldsets = (
        (None, {"fields": ("name", "public_id", "is_guest", "country", "language", "is_active")}),
        (_("Signing in"), {"fields": ("username", "password", "email", "last_login", "date_joined", "deleted_at")}),
        (_("Rights"), {"fields": RIGHTS}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("username", "name", "password1", "password2")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Player | None = None) -> tuple[str, ...]:
        """Who may change players could otherwise make themselves a superuser."""
        own = tuple(self.readonly_fields)
        return own if request.user.is_superuser else own + RIGHTS

    def has_change_permission(self, request: HttpRequest, obj: Player | None = None) -> bool:
        """Only superusers change staff: a new password for one of them would give their rights away too."""
        if obj is not None and obj.is_staff and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Player | None = None) -> bool:
        """Nobody is deleted: make them inactive."""
        return False

    def save_model(self, request: HttpRequest, obj: Player, form: Any, change: bool) -> None:
        """An account takes its new name, and frees the one before."""
        super().save_model(request, obj, form, change)
        if "name" in form.changed_data:
            player_rename(player=obj, name=obj.name)


class SecretAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What may be looked at and revoked, but neither made nor changed by hand: only its digest is known."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_select_related = ("player",)
    search_fields = ("player__name", "=player__public_id")
    ordering = ("-pk",)
    exclude: ClassVar[tuple[str, ...]] = ("digest",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A secret is told to its player alone."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A secret is revoked, not changed."""
        return False


@admin.register(Key)
class KeyAdmin(SecretAdmin):
    """Keys of programs; deleting one revokes it."""

    list_display = ("__str__", "label", "player", "created_at")


class SecondFactorAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Second factors of players; deleting one helps who has lost the phone. The secrets themselves are not shown."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__name", "=user__public_id")
    ordering = ("-pk",)
    exclude: ClassVar[tuple[str, ...]] = ("data",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever adds one could sign in as the player."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Neither by changing one."""
        return False


# What django-allauth registers by itself: the secrets of second factors in the clear, and tables that stay empty here,
# since providers come from the environment and links are signed.
for unused in (Authenticator, EmailConfirmation, SocialApp, SocialToken):
    if admin.site.is_registered(unused):
        admin.site.unregister(unused)
admin.site.register(Authenticator, SecondFactorAdmin)


@admin.register(Ticket)
class TicketAdmin(SecretAdmin):
    """Tickets that were not redeemed yet."""

    list_display = ("__str__", "player", "expires_at")
