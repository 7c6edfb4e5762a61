"""
Random histories of thirty people on two instances: after each step every list and read is as the rules say.

For whoever acted at their next request, for others once the relay has delivered. `HISTORIES=200 make test
ARGS="tests/histories --hypothesis-seed=7"` plays more of them, and others; a failure prints its steps.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import NamedTuple

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.accounts.services.principals import forget_kept
from modules.graph.selectors.pulled import forget_pulled
from modules.kernel.redis.servers import redis
from tests.histories import acts
from tests.histories.compare import look_around
from tests.histories.facts import Post
from tests.histories.looks import Looks
from tests.histories.town import AUDIENCES, MOST_POSTS, Town
from tests.kit.delivery import drain, until_replicated
from tests.kit.requests import showing
from tests.kit.wipe import Wiper

pytestmark = pytest.mark.django_db

# One more than are played: the first has nothing in it.
HISTORIES = int(os.environ.get("HISTORIES", "4"))
# What is ranked, pinned, searched for or told of: tests/policy/test_visibility_matrix.py looks at these.
NOT_PLAYED = {
    *("get_explore_timeline", "list_pins", "search_posts", "search_users"),
    *("list_notifications", "list_notification_actors"),
}
# Those who meet most, so that something comes of it.
NEIGHBORS = 6


class Step(NamedTuple):
    """What somebody does, to whom or to what; `chance` says the rest, and who looks on."""

    verb: str
    actor: int
    other: int
    post: int
    chance: int


# How often each is done.
WEIGHTS = {
    # What Hypothesis plays first, again and again.
    "nothing": 1,
    # Of posts.
    "publish": 5,
    "reply": 4,
    "quote": 3,
    "repost": 4,
    "remove_repost": 1,
    "edit": 4,
    "delete": 3,
    "react": 3,
    "unreact": 1,
    "bookmark": 2,
    "remove_bookmark": 1,
    # Of others.
    "follow": 6,
    "set_options": 2,
    "unfollow": 3,
    "accept": 3,
    "reject": 1,
    "remove_follower": 2,
    "block": 2,
    "unblock": 2,
    "mute": 3,
    "unmute": 1,
    "add_member": 3,
    "remove_member": 1,
    # Of their accounts, and what happens to all.
    "go_private": 2,
    "go_public": 2,
    "close": 1,
    "reopen": 1,
    "suspend": 1,
    "restore": 1,
    "lose_redis": 1,
}
person = st.one_of(*[st.integers(0, NEIGHBORS - 1)] * 4, st.integers(0, 29))
step = st.builds(
    Step,
    st.sampled_from([verb for verb, weight in WEIGHTS.items() for _ in range(weight)]),
    person,
    person,
    st.integers(0, 9),
    st.integers(0, 29),
)


class History:
    """One town, step by step."""

    def __init__(self) -> None:
        self.town = Town()
        self.hot = self.town.people[:NEIGHBORS]
        for one in self.hot:
            acts.publish(self.town, one, "public", frozenset())
            for other in self.hot[:-2]:
                if other != one:
                    acts.follow(self.town, one, other)
        drain()
        until_replicated()

    def play(self, step: Step) -> None:
        """Have somebody do something, and those concerned look around, and somebody besides, and nobody."""
        if step.verb == "nothing":
            return
        town = self.town
        actor, other = town.people[step.actor], town.people[step.other]
        posts = list(town.facts.posts.values())
        post = posts[-1 - step.post % len(posts)]
        if step.verb in ("edit", "delete") and step.chance % 4:
            own = [each for each in posts if each.author == actor and not each.is_deleted]
            post = own[-1 - step.post % len(own)] if own else post
        if step.verb in ("reopen", "restore"):
            reason = {"reopen": "deleted", "restore": "suspended"}[step.verb]
            away = [id for id, reasons in town.facts.closed.items() if reason in reasons]
            if not away:
                return
            actor = away[step.actor % len(away)]
        elif not town.is_open(actor):
            return
        self._do(step, actor, other, post)
        if town.is_open(actor) and step.verb != "restore":
            look_around(Looks(town, actor, other, post), at_once=True)
        drain()
        until_replicated()
        # Whom it concerns least looks at a third of it, in turn.
        parts = {actor: 3, town.people[step.chance]: 3, post.author: 3, other: 1}
        for looker, nth in parts.items():
            if town.is_open(looker):
                at = other if looker != other else actor
                look_around(Looks(town, looker, at, post), at_once=False, nth=nth)
        look_around(Looks(town, None, actor, post), at_once=False, nth=3)

    def _do(self, step: Step, actor: int, other: int, post: Post) -> None:
        town, verb, chance = self.town, step.verb, step.chance
        mentioned = frozenset([other] if chance % 3 else [])
        audience = AUDIENCES[chance % 3]
        if len(town.facts.posts) >= MOST_POSTS and verb in ("publish", "reply", "quote", "repost"):
            verb = "react"
        match verb:
            case "lose_redis":
                redis("a").run(("FLUSHDB",))
            case "publish":
                acts.publish(town, actor, audience, mentioned)
            case "reply":
                acts.reply(town, actor, post, audience if chance % 2 else "public")
            case "edit":
                acts.edit(town, actor, post, audience if chance % 2 else None, mentioned)
            case "go_public":
                acts.go_public(town, actor, ("keep", "accept", "reject")[chance % 3])
            case "follow":
                acts.follow(town, actor, other, (None, None, None, False, True)[chance % 5])
            case "set_options":
                acts.set_options(town, actor, other, bool(chance % 2))
            case "mute":
                acts.mute(town, actor, other, chance % 2)
            case "go_private" | "close" | "reopen" | "suspend" | "restore":
                getattr(acts, verb)(town, actor)
            case (
                "quote"
                | "repost"
                | "remove_repost"
                | "delete"
                | "react"
                | "unreact"
                | "bookmark"
                | "remove_bookmark"
            ):
                getattr(acts, verb)(town, actor, post)
            case _:
                getattr(acts, verb)(town, actor, other)


@given(st.booleans(), st.lists(step, min_size=20, max_size=40))
@hypothesis.settings(
    max_examples=HISTORIES,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),
    derandomize="HISTORIES" not in os.environ,
    database=None,
    phases=[hypothesis.Phase.generate],  # to make a failure smaller takes minutes
)
def test_everybody_sees_what_the_rules_say(settings, wiper: Wiper, is_small: bool, steps: list[Step]):
    wiper.wipe()
    forget_kept()
    forget_pulled()
    if is_small:  # windows that end soon, and authors who are pulled by few followers
        settings.TIMELINES = replace(settings.TIMELINES, window_size=6, slack=2, pull_size=3, pulled_size=4)
        settings.GRAPH = replace(settings.GRAPH, pull_threshold=4, pull_demotion=3)
    else:
        settings.TIMELINES = replace(settings.TIMELINES, window_size=800, slack=80, pull_size=100)
        settings.GRAPH = replace(settings.GRAPH, pull_threshold=10_000, pull_demotion=8_000)
    history = History()

    for step in steps:
        history.play(step)


def test_looks_at_every_operation_that_shows_posts_or_people(db):
    town = Town()
    someone = town.people[0]
    acts.publish(town, someone, "public", frozenset())
    acts.add_member(town, someone, someone)
    [post] = town.facts.posts.values()

    assert {look.operation for look in Looks(town, someone, someone, post).list()} == showing() - NOT_PLAYED
