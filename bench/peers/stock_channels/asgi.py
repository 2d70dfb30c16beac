"""The ASGI application as the documentation of Channels builds it: origins, sessions and users, then the consumer."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peers.stock_channels.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import re_path

from bench.peers.stock_channels.consumers import MatchConsumer

websocket_urlpatterns = [re_path(r"^ws/match/(?P<match>\w+)/(?P<seat>[0-9]+)$", MatchConsumer.as_asgi())]

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
