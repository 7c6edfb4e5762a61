"""What ends while somebody is being told of it: whoever comes first, nothing of it is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections

from modules.graph.services.blocks import block
from modules.kernel import clock
from modules.posts.services.posts import delete_post
from modules.posts.services.reactions import add_reaction, remove_reaction
from tests.kit.delivery import drain, until_replicated
from tests.kit.people import Person, make_person, sign_up
from tests.kit.posts import publish
from tests.notifications.kit import counts, told

pytestmark = pytest.mark.django_db

# Where in the transaction that tells: all that was looked at before it is known, but nothing is locked; and
# all is written, but not yet there.
MOMENTS = {
    "before the lock": 'FROM "notifications_inbox"',
    "before the commit": 'UPDATE "notifications_inbox"',
}
ENDS: dict[str, Callable[[Person, Person, int], object]] = {
    "one blocks": lambda ann, ben, post: block(ann.id, ben.id, now=clock.now()),
    "the other blocks": lambda ann, ben, post: block(ben.id, ann.id, now=clock.now()),
    "the post is deleted": lambda ann, ben, post: delete_post(ann.id, post, now=clock.now()),
    "it is undone": lambda ann, ben, post: remove_reaction(ben.id, post, "like"),
}


@contextmanager
def meanwhile(alias: str, statement: str, act: Callable[[], object]) -> Iterator[list[str]]:
    """Have somebody else do something, once, right before such a statement; yields where that was."""
    met: list[str] = []

    def run() -> None:
        act()
        connections.close_all()

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not met and statement in str(sql) and connections[alias].in_atomic_block:
            met.append(str(sql))
            with ThreadPoolExecutor(1) as pool:
                pool.submit(run).result()
        return execute(sql, params, many, context)

    with connections[alias].execute_wrapper(watch):
        yield met


@pytest.mark.parametrize("end", ENDS.values(), ids=list(ENDS))
@pytest.mark.parametrize("moment", MOMENTS.values(), ids=list(MOMENTS))
@pytest.mark.parametrize("times", [1, 2])
def test_nothing_is_left_of_what_ends_while_it_is_told(end, moment, times):
    ann, ben = sign_up("ann", shard=3), make_person("ben", shard=4000)
    post = publish(ann)
    drain()
    add_reaction(ben.id, post, "like")

    with meanwhile("a", moment, lambda: end(ann, ben, post)) as met:
        drain(times=times)

    until_replicated()
    assert len(met) == 1
    assert (told(ann), counts(ann)) == ([], (0, 0))


@pytest.mark.parametrize(
    ("end", "unheard"),
    [("one blocks", "withdraw_blocked"), ("the post is deleted", "withdraw_deleted")],
)
def test_the_look_under_the_lock_is_what_keeps_it_from_being_told_at_all(end, unheard):
    ann, ben = sign_up("ann", shard=3), make_person("ben", shard=4000)
    post = publish(ann)
    drain()
    add_reaction(ben.id, post, "like")

    with meanwhile("a", MOMENTS["before the lock"], lambda: ENDS[end](ann, ben, post)) as met:
        drain(but=f"notifications.{unheard}")

    until_replicated()
    assert len(met) == 1
    assert (told(ann), counts(ann)) == ([], (0, 0))
