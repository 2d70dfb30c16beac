"""The addresses of the pages for people; `gameserver/urls.py` includes them at the root."""

from django.urls import path

from games import views

urlpatterns = [
    path("", views.home, name="home"),
    path("new/<slug:game>/", views.new, name="new"),
    path("play/", views.play, name="play"),
    path("match/<slug:public_id>/", views.match, name="match"),
    path("match/<slug:public_id>/sit/", views.sit, name="sit"),
    path("match/<slug:public_id>/record/", views.record, name="record"),
    path("me/", views.me, name="me"),
    path("jsi18n/<slug:language>/", views.words, name="words"),
]
