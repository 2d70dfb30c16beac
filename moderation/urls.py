"""The addresses of moderation; `gameserver/urls.py` includes them."""

from django.urls import path

from moderation import pages

urlpatterns = [
    path("reports/", pages.reports, name="reports"),
]
