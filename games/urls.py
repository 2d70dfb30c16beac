"""The addresses of the pages for people; `gameserver/urls.py` includes them at the root."""

from django.urls import path

from games.views import company, finding, matches, people, players, ranks, tv

urlpatterns = [
    path("", matches.home, name="home"),
    path("new/<slug:game>/", matches.new, name="new"),
    path("play/", matches.play, name="play"),
    path("match/<slug:public_id>/", matches.match, name="match"),
    path("match/<slug:public_id>/sit/", matches.sit, name="sit"),
    path("match/<slug:public_id>/record/", matches.record, name="record"),
    path("player/<slug:public_id>/", players.player, name="player"),
    path("avatar/<slug:public_id>.svg", players.avatar, name="avatar"),
    path("friends/", company.friends, name="friends"),
    path("company/<slug:public_id>/", company.company, name="company"),
    path("tv/", tv.channels, name="tv"),
    path("tv/<slug:game>/", tv.channel, name="tv_channel"),
    path("player/<slug:public_id>/challenge/", finding.challenge, name="challenge"),
    path("challenge/", finding.challenge_named, name="challenge_named"),
    path("party/", finding.party_new, name="party_new"),
    path("party/<slug:public_id>/", finding.party, name="party"),
    path("party/<slug:public_id>/join/", finding.party_join, name="party_join"),
    path("party/<slug:public_id>/leave/", finding.party_leave, name="party_leave"),
    path("party/<slug:public_id>/away/", finding.party_away, name="party_away"),
    path("ranks/", ranks.ranks, name="ranks"),
    path("ranks/<slug:game>/<slug:pool>/", ranks.board, name="board"),
    path("me/", people.me, name="me"),
    path("jsi18n/<slug:language>/", people.words, name="words"),
]
