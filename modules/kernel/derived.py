"""
Derived facts: what follows from a committed row and is kept in Redis, where readers believe it.

Each is brought about twice. The request that wrote the row tries at once, so that its own next read is right;
and whoever hears the event of it repeats that, for certain, should the request have died in between or Redis
been away. So bringing it about again must do no harm, and an old repeat must not undo a newer one.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import cache, update_wrapper
from typing import Final, Generic, ParamSpec

from django.conf import settings
from django.utils.module_loading import import_string

from modules.kernel.redis.client import RedisUnavailable
from sharding import outages
from sharding.outbox import Event

P = ParamSpec("P")


class Derived(Generic[P]):
    """A derived fact; calling it brings it about for certain, `now` as far as Redis lets it."""

    def __init__(self, bring_about: Callable[P, None], events: tuple[type[Event], ...]) -> None:
        """Keep how it is brought about, and the events whose subscribers repeat it."""
        self._bring_about = bring_about
        self.events = events
        self.name = bring_about.__name__
        self.context = bring_about.__module__.split(".")[1]
        update_wrapper(self, bring_about)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """
        Bring it about for certain: what a subscriber does.

        :raises RedisUnavailable: if Redis cannot be told now; the event is then delivered again
        """
        self._bring_about(*args, **kwargs)

    def now(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Bring it about in the request, after the commit; without Redis note that, for it is repeated."""
        try:
            self._bring_about(*args, **kwargs)
        except RedisUnavailable as error:
            outages.met(error.server, error)


FACTS: Final[list[Derived[...]]] = []


def follow_now(event: Event) -> None:
    """
    In the request that recorded an event, after its commit: bring about at once what upper contexts derive.

    Settings name those facts (`AT_ONCE`), for whoever records an event knows nobody above; each takes the
    event's fields, and costs the request no trip of its own (`redis/soon.py`).
    """
    for fact in _facts_at_once(event.name):
        fact.now(**{field.name: getattr(event, field.name) for field in fields(event)})


@cache
def _facts_at_once(event_name: str) -> tuple[Derived[...], ...]:
    return tuple(import_string(path) for path in settings.AT_ONCE.get(event_name, ()))


def derived(*repeated_by: type[Event]) -> Callable[[Callable[P, None]], Derived[P]]:
    """Make a function a derived fact that the subscribers of these events in its own context repeat."""
    if not repeated_by:
        raise TypeError("Say which events have it repeated.")

    def make(bring_about: Callable[P, None]) -> Derived[P]:
        fact = Derived(bring_about, repeated_by)
        FACTS.append(fact)
        return fact

    return make
