"""A worker that is killed in the midst of an erasure is followed by another, and each row is counted once."""

from __future__ import annotations

from functools import partial

import pytest
from celery import current_app

from config.settings import queues
from modules.accounts.models import User
from modules.erasure.models import Erasure, Receipt
from modules.erasure.selectors.leftovers import find_leftovers
from modules.erasure.services.erasures import begin
from modules.graph.models import FollowCount, FollowIn
from modules.graph.public import add_edges_in_bulk
from modules.kernel import clock
from modules.posts.models import Post
from tests.kit.audits import audit, kinds
from tests.kit.machines import until
from tests.kit.people import NOON, make_newcomers, make_person
from tests.kit.posts import publish_past

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]

POSTS, FANS = 500, 10


def test_a_worker_killed_in_the_midst_of_it_loses_nothing_and_counts_nothing_twice(
    machines_of_module, delivering
):
    ada = make_person("ada", shard=3)
    publish_past(ada, *range(1, POSTS + 1))
    fans = make_newcomers(FANS, prefix="fan")
    until(machines_of_module.outbox_is_empty)
    add_edges_in_bulk([(fan.id, ada.id) for fan in fans])
    User.objects.filter(id=ada.id).update(is_active=False, delete_after=NOON)
    begin(ada.id, now=clock.now())

    for share in (0.1, 0.3):
        ring()
        until(partial(has_at_most, ada.id, POSTS * (1 - share)), within=60)
        delivering.worker.kill()
        assert standing(ada.id) > 0
        delivering.run_worker()
    until(lambda: is_finished(ada.id), within=120)

    assert (
        dict(Receipt.objects.of(ada.id).on_primary().values_list("table", "rows")).items()
        >= {
            "posts_post": POSTS,
            "graph_followin": FANS,
            "posts_authorcount": 1,
            "profiles_profile": 1,
        }.items()
    )
    assert find_leftovers(ada.id).is_clean
    # Who is found by name the clock puts right (`search.people`): the kit's people have been told of by none.
    assert {each for each in kinds(audit()[1]) if each[0] != "search.people"} == set()
    assert {count.following for fan in fans for count in FollowCount.objects.of(fan.id).on_primary()} == {0}
    assert not FollowIn.objects.of(ada.id).on_primary().exists()


def ring() -> None:
    """Do what Beat does each minute; what a killed worker had is free again."""
    Erasure.objects.update(claimed_until=None)
    current_app.send_task("erasure.resume_erasures", queue=queues.PERIODIC, expires=5)


def is_finished(user_id: int) -> bool:
    ring()
    return Erasure.objects.filter(user_id=user_id, finished_at__isnull=False).exists()


def has_at_most(user_id: int, posts: float) -> bool:
    return standing(user_id) <= posts


def standing(user_id: int) -> int:
    return Post.objects.of(user_id).on_primary().filter(deleted_at=None).count()
