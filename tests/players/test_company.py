from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from players import silenced
from players.company import selectors, services
from players.errors import ServiceError
from players.models import Block, Friendship, Player
from players.services import guest_create, player_mute, player_unmute
from players.throttle import Throttle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_asks", Throttle(burst=1000, per_minute=1))


def people(count: int) -> list[Player]:
    return [guest_create(language="en") for _ in range(count)]


def friends(one: Player, other: Player) -> None:
    services.friend_ask(player=one, other=other)
    services.friend_accept(player=other, other=one)


def test_a_friendship_is_asked_for_and_accepted() -> None:
    ada, ben = people(2)
    services.friend_ask(player=ada, other=ben)
    assert selectors.standing(ada.pk, ben.pk) == {"asked"}
    assert selectors.standing(ben.pk, ada.pk) == {"asking"}
    assert (selectors.waiting_count(ben.pk), selectors.waiting_count(ada.pk)) == (1, 0)
    services.friend_accept(player=ben, other=ada)
    assert selectors.friends_of(ada.pk) == [ben]
    assert selectors.friends_of(ben.pk) == [ada]
    assert selectors.waiting_count(ben.pk) == 0


def test_who_asks_back_accepts() -> None:
    ada, ben = people(2)
    services.friend_ask(player=ada, other=ben)
    services.friend_ask(player=ben, other=ada)
    assert selectors.standing(ada.pk, ben.pk) == {"friend"}


def test_nobody_accepts_their_own_wish() -> None:
    ada, ben = people(2)
    services.friend_ask(player=ada, other=ben)
    with pytest.raises(ServiceError, match="not asked"):
        services.friend_accept(player=ada, other=ben)


def test_a_block_ends_a_friendship_and_lets_nobody_ask_again() -> None:
    ada, ben = people(2)
    friends(ada, ben)
    services.block(player=ben, other=ada)
    assert selectors.friends_of(ada.pk) == []
    for player, other in ((ada, ben), (ben, ada)):
        with pytest.raises(ServiceError) as refused:
            services.friend_ask(player=player, other=other)
        assert refused.value.code == "blocked"
    assert "blocked" not in str(ServiceError("", "They do not take requests from you."))
    services.unblock(player=ben, other=ada)
    services.friend_ask(player=ada, other=ben)


def test_a_block_is_seen_from_either_side_and_asked_in_one_query(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    ada, ben, cy, dee = people(4)
    services.block(player=ada, other=ben)
    services.block(player=cy, other=ada)
    with django_assert_num_queries(1):
        assert selectors.blocked_between(ada.pk, [ben.pk, cy.pk, dee.pk]) == {ben.pk, cy.pk}
    assert selectors.blocked_between(ben.pk, [ada.pk, cy.pk]) == {ada.pk}
    assert selectors.blocked_between(dee.pk, []) == set()


def test_what_a_player_does_not_read_is_what_they_muted_or_blocked() -> None:
    ada, ben, cy, dee = people(4)
    services.mute(player=ada, other=ben)
    services.mute(player=ada, other=ben)
    services.block(player=ada, other=cy)
    services.block(player=dee, other=ada)
    assert selectors.unread_by(ada.pk) == sorted([ben.public_id, cy.public_id])
    services.unmute(player=ada, other=ben)
    assert selectors.unread_by(ada.pk) == [cy.public_id]


@pytest.mark.parametrize("act", [services.friend_ask, services.block, services.mute])
def test_nobody_is_their_own_company(act) -> None:  # type: ignore[no-untyped-def]
    [ada] = people(1)
    with pytest.raises(ServiceError) as refused:
        act(player=ada, other=ada)
    assert refused.value.code == "yourself"


def test_limits_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_FRIENDS", 1)
    monkeypatch.setattr(services, "MOST_ASKED", 2)
    monkeypatch.setattr(services, "MOST_BLOCKED", 1)
    ada, ben, cy, dee = people(4)
    for other in (ben, cy):
        services.friend_ask(player=ada, other=other)
    codes = []
    services.friend_accept(player=ben, other=ada)
    services.block(player=ada, other=dee)
    services.mute(player=ada, other=dee)
    wishes = [
        lambda: services.friend_accept(player=cy, other=ada),
        lambda: services.friend_ask(player=ada, other=dee),
        lambda: services.block(player=ada, other=cy),
        lambda: services.mute(player=ada, other=cy),
    ]
    for wish in wishes:
        with pytest.raises(ServiceError) as refused:
            wish()
        codes.append(refused.value.code)
    assert codes == ["too_many_friends", "blocked", "too_many_blocked", "too_many_muted"]


def test_wishes_without_an_answer_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_ASKED", 1)
    ada, ben, cy = people(3)
    services.friend_ask(player=ada, other=ben)
    with pytest.raises(ServiceError) as refused:
        services.friend_ask(player=ada, other=cy)
    assert refused.value.code == "too_many_asked"


def test_asking_is_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_asks", Throttle(burst=1, per_minute=1))
    ada, ben, cy = people(3)
    services.friend_ask(player=ada, other=ben)
    services.friend_ask(player=ada, other=ben)  # the same wish again costs nothing
    with pytest.raises(ServiceError) as refused:
        services.friend_ask(player=ada, other=cy)
    assert (refused.value.code, refused.value.retry_s) == ("rate_limited", 60)


def test_the_database_keeps_a_pair_to_one_row() -> None:
    ada, ben = people(2)
    Friendship.objects.create(asker=ada, asked=ben)
    for one, other in ((ada, ben), (ben, ada)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Friendship.objects.create(asker=one, asked=other)
    for model, facts in ((Friendship, {"asker": ada, "asked": ada}), (Block, {"player": ada, "blocked": ada})):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(**facts)


ACTS = ("friend_ask", "friend_accept", "friend_remove", "block", "unblock", "mute", "unmute")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.integers(0, 2)), max_size=25))
def test_whatever_is_done_nobody_is_both_blocked_and_a_friend(acts: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        everybody = people(3)
        for act, one, other in acts:
            try:
                getattr(services, act)(player=everybody[one], other=everybody[other])
            except ServiceError:
                continue
        for one in everybody:
            others = [other.pk for other in everybody if other != one]
            apart = selectors.blocked_between(one.pk, others)
            assert not apart & {friend.pk for friend in selectors.friends_of(one.pk)}
            assert not apart & {asker.pk for asker in selectors.asking(one.pk)}
            for friend in selectors.friends_of(one.pk):
                assert one in selectors.friends_of(friend.pk)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_each_other_at_once_are_friends() -> None:
    ada, ben = people(2)
    together, failures = Barrier(2), []

    def ask(one: Player, other: Player) -> None:
        try:
            together.wait(5)
            services.friend_ask(player=one, other=other)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=ask, args=pair) for pair in ((ada, ben), (ben, ada))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert selectors.standing(ada.pk, ben.pk) == {"friend"}


@pytest.mark.django_db(transaction=True)
def test_who_is_silenced_may_not_write_until_the_term_is_over_or_lifted() -> None:
    ada, ben = people(2)
    silenced.replace({})
    player_mute(player=ada, term=timedelta(hours=1), by=ben, why="spam")
    assert silenced.is_silenced(ada.public_id)
    silenced.replace({})  # another process, which was not there
    silenced.replace(silenced._silenced())
    assert silenced.is_silenced(ada.public_id)
    assert not silenced.is_silenced(ben.public_id)
    player_unmute(player=ada)
    assert not silenced.is_silenced(ada.public_id)
    assert silenced._silenced() == {}
    assert ada.silences.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_terms_the_one_that_ends_last_holds() -> None:
    [ada] = people(1)
    silenced.replace({})
    player_mute(player=ada, term=timedelta(hours=1), by=None)
    player_mute(player=ada, term=timedelta(seconds=-5), by=None)
    assert silenced.is_silenced(ada.public_id)
    silenced.replace(silenced._silenced())
    assert silenced.is_silenced(ada.public_id)
    player_unmute(player=ada)
