"""Addresses of accounts, under `/account/`. Of django-allauth's only those that are used: each has a page of ours."""

from allauth.account import views as account
from allauth.socialaccount import views as providers
from allauth.urls import build_provider_urlpatterns
from django.urls import include, path, re_path

from players.accounts import views
from players.accounts.strangers import for_strangers

urlpatterns = for_strangers(
    [
        path("", views.profile, name="profile"),
        path("keys/", views.keys, name="keys"),
        path("data/", views.data, name="account_data"),
        path("delete/", views.delete, name="account_delete"),
        path("sessions/end/", views.sign_out_everywhere, name="sign_out_everywhere"),
        path("login/", account.login, name="account_login"),
        path("logout/", account.logout, name="account_logout"),
        path("inactive/", account.account_inactive, name="account_inactive"),
        path("signup/", account.signup, name="account_signup"),
        path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
        path(
            "reauthenticate/code/",
            account.request_reauthentication_code,
            name="account_request_reauthentication_code",
        ),
        path(
            "reauthenticate/code/confirm/",
            account.confirm_reauthentication_code,
            name="account_confirm_reauthentication_code",
        ),
        path("email/", account.email, name="account_email"),
        path("confirm-email/", account.email_verification_sent, name="account_email_verification_sent"),
        re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", account.confirm_email, name="account_confirm_email"),
        path("password/change/", account.password_change, name="account_change_password"),
        path("password/set/", account.password_set, name="account_set_password"),
        path("password/reset/", account.password_reset, name="account_reset_password"),
        path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
        re_path(
            r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
            account.password_reset_from_key,
            name="account_reset_password_from_key",
        ),
        path(
            "password/reset/key/done/",
            account.password_reset_from_key_done,
            name="account_reset_password_from_key_done",
        ),
        path("2fa/", include("allauth.mfa.urls")),
        path("providers/", providers.connections, name="socialaccount_connections"),
        path("providers/signup/", providers.signup, name="socialaccount_signup"),
        path("providers/cancelled/", providers.login_cancelled, name="socialaccount_login_cancelled"),
        path("providers/error/", providers.login_error, name="socialaccount_login_error"),
        *build_provider_urlpatterns(),
    ]
)
