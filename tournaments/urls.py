"""The addresses of tournaments; `gameserver/urls.py` includes them."""

from django.urls import path

from tournaments import views

urlpatterns = [
    path("tournaments/", views.tournaments, name="tournaments"),
    path("tournaments/new/", views.new, name="new_tournament"),
    path("tournaments/<slug:public_id>/", views.tournament, name="tournament"),
    path("tournaments/<slug:public_id>/join/", views.join, name="join_tournament"),
    path("tournaments/<slug:public_id>/withdraw/", views.withdraw, name="withdraw_tournament"),
    path("tournaments/<slug:public_id>/start/", views.start, name="start_tournament"),
    path("tournaments/<slug:public_id>/cancel/", views.cancel, name="cancel_tournament"),
]
