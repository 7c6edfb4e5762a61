"""What people are told is what a small model says, after any history, however it is delivered."""

from __future__ import annotations

import random

import pytest

from tests.kit.audits import audit, kinds
from tests.kit.delivery import drain, until_replicated
from tests.kit.killing import killed_again_and_again
from tests.kit.machines import until
from tests.kit.people import SHARDS, sign_up
from tests.notifications.model import Model

pytestmark = pytest.mark.django_db

STEPS, BETWEEN = 60, 4
# Verbs by how often they are done.
VERBS = {
    **dict.fromkeys(("follow", "like", "reply"), 5),
    **dict.fromkeys(("unfollow", "unlike", "repost", "mention", "delete"), 3),
    **dict.fromkeys(("unrepost", "publish", "read"), 2),
    **dict.fromkeys(("block", "unblock", "see", "remove"), 1),
}
# What only holds where everything before it has arrived.
SETTLED = {"block", "unblock", "see", "read", "remove"}


def begin(names: str) -> Model:
    people = [sign_up(f"{names}{n}", shard=SHARDS[n % len(SHARDS)]) for n in range(4)]
    model = Model(people)
    for person in people:
        model.publish(person.id)
    return model


def act(model: Model, verb: str, chance: random.Random) -> None:
    actor, other = chance.sample(sorted(model.people), 2)
    post = chance.choice(sorted(model.authors)) if model.authors else 0
    match verb:
        case "publish" | "see" | "read" | "remove":
            getattr(model, verb)(actor)
        case "mention":
            model.publish(actor, mentioned=other)
        case "reply":
            model.publish(actor, mentioned=other if chance.random() < 0.5 else None, parent=post or None)
        case "follow" | "unfollow" | "block" | "unblock":
            getattr(model, verb)(actor, other)
        case "delete":
            model.delete(model.authors.get(post, actor), post) if post else None
        case _:
            getattr(model, verb)(actor, post) if post else None


def choose(chance: random.Random) -> str:
    return chance.choices(list(VERBS), list(VERBS.values()))[0]


@pytest.mark.parametrize("seed", range(2))
def test_what_is_told_is_what_the_model_says(seed):
    chance, model = random.Random(seed), begin(f"of{seed}_")
    for step in range(STEPS):
        act(model, choose(chance), chance)
        drain(times=1 + step % 2)
        if step % BETWEEN == BETWEEN - 1:
            until_replicated()
            assert list(model.found()) == list(model.expected())
    assert kinds(audit("--only", "notifications.counts")[1]) == set()


@pytest.mark.timeout(500)
def test_so_it_is_whatever_is_killed_meanwhile(machines_of_module, delivering):
    chance, model = random.Random(12), begin("killed")
    with killed_again_and_again(delivering, seed=12) as killers:
        for _ in range(STEPS):
            verb = choose(chance)
            if verb in SETTLED:
                continue
            act(model, verb, chance)
        until(lambda: all(killer.is_done for killer in killers), within=120)
        until(machines_of_module.outbox_is_empty, within=240)
        until_replicated()
        assert list(model.found()) == list(model.expected())

        one, other = sorted(model.people)[:2]
        model.block(one, other)
        until(machines_of_module.outbox_is_empty)
        until_replicated()
        assert list(model.found()) == list(model.expected())
