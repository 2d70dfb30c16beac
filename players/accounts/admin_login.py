"""The way into the admin: by sign-in name or address, with limits of its own, and never past the second factor.

`gameserver/urls.py` puts it in the place of Django's. Whoever is let in by it is signed in everywhere.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import context, ratelimit
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache


class AdminLoginForm(AdminAuthenticationForm):
    """Counts every attempt by address and by the name that was typed; one that succeeds is counted too, which spares
    nobody who knows one password from being counted for others."""

    error_messages = AdminAuthenticationForm.error_messages | {
        "too_often": _("This was tried too often. Wait five minutes, then try it again.")
    }

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError before the password is looked at."""
        name = str(self.cleaned_data.get("username", "")).strip().casefold()
        if not ratelimit.consume(context.request, action="admin_login", key=name):
            raise ValidationError(self.error_messages["too_often"], code="too_often")
        return super().clean()


class AdminLogin(LoginView):
    """Django's page of the admin; what follows the password is django-allauth's."""

    authentication_form = AdminLoginForm
    template_name = "admin/login.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """On to the second factor, if there is one, and then to the admin."""
        # Whoever was made an admin on the command line may have no address to confirm.
        login = Login(user=form.get_user(), redirect_url=self.get_success_url(), email_verification="none")
        credentials = {"username": form.cleaned_data["username"]}
        response: HttpResponse = perform_password_login(self.request, credentials, login)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the admin's templates expect."""
        told = {"title": _("Log in"), "subtitle": None, "app_path": self.request.get_full_path()}
        return super().get_context_data(**kwargs) | admin.site.each_context(self.request) | told


@never_cache
def admin_login(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
    """Who is admitted already goes in."""
    if request.method == "GET" and admin.site.has_permission(request):
        return redirect("admin:index")
    view = AdminLogin.as_view(next_page=reverse("admin:index"), extra_context=extra_context or {})
    return view(request)
