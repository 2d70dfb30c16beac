"""Django's settings, made from the environment (`environment.py`; docs/operating.md names every variable).

Read by Django alone. Importing it makes the data folder and its secret key where they are missing, and nothing else; it
raises `Refusal` where the operator must decide something.
"""

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import players
from games.rules import installed
from gameserver import databases, environment, logs, providers

HERE = Path(__file__).resolve().parent
# In a checkout the folders stand beside manage.py; in a wheel they lie inside this package.
CHECKOUT = HERE.parent if (HERE.parent / "manage.py").exists() else None
FOLDERS = CHECKOUT or HERE

DEBUG = environment.flag(os.environ, "MADANG_DEBUG")
PORT = environment.port(os.environ)
BIND = os.environ.get("MADANG_BIND") or "127.0.0.1"
DATA_DIR = environment.data_folder(os.environ, (CHECKOUT or Path.cwd()) / "var")
SECRET_KEY = environment.secret_key(os.environ, DATA_DIR, debug=DEBUG)

# Full origins, for the WebSocket's check; hosts and CSRF follow from the same list, so they cannot disagree.
MADANG_ORIGINS = environment.origins(os.environ, PORT)
HTTPS = any(origin.startswith("https://") for origin in MADANG_ORIGINS)
# Addresses of proxies whose X-Forwarded-* headers count. HTTPS needs one, on this machine unless told otherwise.
MADANG_PROXIES = environment.words(os.environ, "MADANG_PROXIES") or (["127.0.0.1"] if HTTPS else [])
ALLOWED_HOSTS = sorted({environment.host(origin) for origin in MADANG_ORIGINS})
CSRF_TRUSTED_ORIGINS = MADANG_ORIGINS
# New players from one address, by this process: a school class arrives within a minute, a script that fills the table
# wants thousands.
GUESTS_PER_MINUTE = environment.count(os.environ, "MADANG_GUESTS_PER_MINUTE", 60)
# Words that nobody may be called.
FORBIDDEN_NAMES = environment.lines(
    os.environ, "MADANG_FORBIDDEN_NAMES", Path(players.__file__).parent / "forbidden_names.txt"
)
# Who may read /metrics: this machine, unless the operator names addresses; or who brings the token, from anywhere.
METRICS_FROM = environment.networks(os.environ, "MADANG_METRICS_FROM", "127.0.0.0/8,::1")
METRICS_TOKEN = environment.token(os.environ, "MADANG_METRICS_TOKEN")

# Where a banned person writes to, as it is shown: an address or a page; without it "whoever runs this site".
CONTACT = os.environ.get("MADANG_CONTACT", "").strip()

SIGN_IN = providers.providers(os.environ)
ADMIN_PATH = environment.path_word(os.environ, "MADANG_ADMIN_PATH", "admin")

INSTALLED_APPS = [
    # First: it replaces `runserver`, for development, and nothing else shall load its Twisted. A checkout has it, an
    # installed wheel need not.
    *(["daphne"] if sys.argv[1:2] == ["runserver"] and importlib.util.find_spec("daphne") else []),
    "moderation.apps.HouseAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    *(f"allauth.socialaccount.providers.{name}" for name in SIGN_IN),
    "players",
    "games",
    "tournaments",
    "moderation.apps.ModerationConfig",
]
MIDDLEWARE = [
    "gameserver.health.middleware",  # first: probes come by address, without cookies, and must not wait for others
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "gameserver.static.StaticFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "moderation.gate.Gate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [FOLDERS / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "moderation.announcing.context",
            ]
        },
    }
]
ROOT_URLCONF = "gameserver.urls"
ASGI_APPLICATION = "gameserver.asgi.application"
# Bytes, for the development server; the production server has the same bound.
DAPHNE_WEBSOCKET_MAX_MESSAGE_SIZE = DAPHNE_WEBSOCKET_MAX_FRAME_SIZE = 16_384

AUTH_USER_MODEL = "players.Player"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",  # by address
    "django.contrib.auth.backends.ModelBackend",  # guests; admins by their sign-in name
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES = {"default": databases.chosen(os.environ, DATA_DIR)}

# Counters of `ACCOUNT_RATE_LIMITS`, in a table: what is refused by one process is refused by all, and Redis may be
# away. As many as the busiest minute of a site leaves; beyond, some are forgotten, which only forgives.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "players_counter",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# ── accounts, by django-allauth; docs/accounts.md ─────────────────────────────────────────────────────────────

_mail = environment.mail(environment.said(os.environ, "MADANG_EMAIL_URL"))
# Without a mail server mails go to standard output, where a developer finds the link.
EMAIL_BACKEND = "players.mail.Backend" if _mail else "django.core.mail.backends.console.EmailBackend"
EMAIL_TIMEOUT = 10  # seconds; what takes longer is tried again by whoever asks for another mail
EMAIL_HOST = _mail.get("EMAIL_HOST", "")
EMAIL_PORT = _mail.get("EMAIL_PORT", 0)
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _mail.get("DEFAULT_FROM_EMAIL", "madang@localhost")

ACCOUNT_ADAPTER = "players.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"signup": "players.accounts.forms.SignUp"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Where mail arrives nobody becomes an account by an address that is not theirs, and nobody is told which addresses are
# known. Without a mail server there is no way to hide it, and nothing to wait for.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if _mail else "optional"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SIGNUP_REDIRECT_URL = ACCOUNT_EMAIL_CONFIRMATION_AUTHENTICATED_REDIRECT_URL = "profile"
ACCOUNT_USER_DISPLAY = str
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Madang] "
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# How often, by address (IPv6: by its /64), by account, and by what was typed. A class that signs up together has one
# address; five wrong passwords are a person's worst morning, and 1,440 a day are no way to guess one.
ACCOUNT_RATE_LIMITS = {
    "signup": "40/h/ip",
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "10/h/ip,3/h/key",
    "reset_password_from_key": "20/m/ip",
    "confirm_email": "30/h/ip,1/2m/key",
    "change_password": "5/m/user",
    "manage_email": "10/h/user",
    "reauthenticate": "10/m/user",
    # Ours: the admin's own login, and what is asked for in a profile.
    "admin_login": "10/5m/ip,5/5m/key",
    "profile": "20/m/user",
    "export": "5/h/user",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Madang"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
SOCIALACCOUNT_ADAPTER = "players.accounts.adapter.ProviderAdapter"
SOCIALACCOUNT_FORMS = {"signup": "players.accounts.forms.ProviderSignUp"}
SOCIALACCOUNT_AUTO_SIGNUP = False  # who comes by a provider chooses a name like everybody
SOCIALACCOUNT_PROVIDERS = SIGN_IN

REDIS_URL = environment.said(os.environ, "REDIS_URL")
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {
            # A publish holds a connection for one round trip; 50 at once is beyond what one event loop produces.
            "hosts": [{"address": REDIS_URL, "max_connections": 50}],
            "prefix": "madang",
        },
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ko", "한국어")]
# The first wins: no package of games changes our own words.
LOCALE_PATHS = [FOLDERS / "locale", *installed.words()]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("MADANG_STATIC_DIR") or DATA_DIR / "static").absolute()
STATICFILES_DIRS = [FOLDERS / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "games.finders.BoardsFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "gameserver.static.HashedStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

SESSION_COOKIE_AGE = 60 * 60 * 24 * 365  # a guest's seat and name hang on this cookie: a year
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
# 30 days: long enough to protect, and a mistake ends by itself. Browsers' preload lists ask for a year, so the flag
# below cannot put a host on them by accident.
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 30 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

logs.configure()
LOGGING = logs.logging_settings(terminal=sys.stderr.isatty())
