"""The addresses of the pages for people; `gameserver/urls.py` includes them at the root."""

from django.urls import path

from games.views import matches, people, players, tv

urlpatterns = [
    path("", matches.home, name="home"),
    path("new/<slug:game>/", matches.new, name="new"),
    path("play/", matches.play, name="play"),
    path("match/<slug:public_id>/", matches.match, name="match"),
    path("match/<slug:public_id>/sit/", matches.sit, name="sit"),
    path("match/<slug:public_id>/record/", matches.record, name="record"),
    path("player/<slug:public_id>/", players.player, name="player"),
    path("avatar/<slug:public_id>.svg", players.avatar, name="avatar"),
    path("tv/", tv.channels, name="tv"),
    path("tv/<slug:game>/", tv.channel, name="tv_channel"),
    path("me/", people.me, name="me"),
    path("jsi18n/<slug:language>/", people.words, name="words"),
]
