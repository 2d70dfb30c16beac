"""The addresses of moderation; `gameserver/urls.py` includes them."""

from django.urls import path

from moderation import pages, views

urlpatterns = [
    path("reports/", pages.reports, name="reports"),
    path("announcements/", views.announcements, name="announcements"),
    path("announcements/put-away/", views.put_away, name="put-away"),
]
