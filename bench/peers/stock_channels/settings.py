"""A minimal Django project for Channels, after the tutorial in its documentation. DEBUG is off, as in production."""

from __future__ import annotations

import os
import secrets

SECRET_KEY = secrets.token_urlsafe(48)
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
USE_TZ = True
INSTALLED_APPS = [
    "channels",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
ROOT_URLCONF = "bench.peers.stock_channels.urls"
ASGI_APPLICATION = "bench.peers.stock_channels.asgi.application"

REDIS_URL = os.environ.get("REDIS_URL")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": os.environ["LAYER"],
        # As before redis-py 8, with whose new defaults the core layer's sockets end when they hear nothing for 5 s, or
        # when 100 of them wait: https://github.com/django/channels_redis/issues/422
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None, "max_connections": 2**31}]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
