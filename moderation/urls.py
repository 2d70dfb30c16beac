"""The addresses of moderation; `gameserver/urls.py` includes them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
