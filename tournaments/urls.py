"""The addresses of tournaments; `gameserver/urls.py` includes them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
