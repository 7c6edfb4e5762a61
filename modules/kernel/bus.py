"""
How a context hears news and keeps time: `@subscribes` and `@periodic`, both Celery tasks.

Neither is ever called by a request: the relay rings subscribers, Beat rings periodic work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import wraps
from importlib import import_module
from typing import Any, Generic, TypeVar

from celery import shared_task  # noqa: TID251 - the one place that makes tasks
from django.apps import apps
from django.utils.module_loading import module_has_submodule

from sharding import outages, outbox
from sharding.delivery import consumer
from sharding.delivery.consumer import Delivery, deliver
from sharding.outbox import Event
from sharding.scope import Once

E = TypeVar("E", bound=Event)
E_contra = TypeVar("E_contra", bound=Event, contravariant=True)

_consumers: dict[str, Callable[[str, list[Delivery]], None]] = {}


@dataclass(frozen=True, slots=True)
class Together(Generic[E_contra]):
    """Events that are handled at once: those that have the same in the field `by`, each with its `once`."""

    by: str
    handler: Callable[[Sequence[tuple[E_contra, Once]]], None]


def subscribes(
    event_type: type[E],
    *,
    queue: str = "default",
    batch: int = outbox.BATCH,
    together: Together[E] | None = None,
    time_limit: int | None = None,
) -> Callable[[Callable[[E, Once], None]], Callable[[E, Once], None]]:
    """
    Make a function of `(event, once)` hear an event, as the task `<context>.<function>`.

    Deliveries come at least once, in order per owner. A handler whose effect must happen once passes `once`
    to `writing_for`; a repeat then ends there, and counts as done. `batch` is how many of different owners
    one task may get: one, where each takes seconds. What comes in one task may be handled `together`. Where a
    handler may take longer than tasks do (its lease runs out, so it has to know by itself who is at what),
    `time_limit` says how many seconds.
    """
    at_once = None if together is None else _together(event_type, together)

    def register(handler: Callable[[E, Once], None]) -> Callable[[E, Once], None]:
        name = task_name(handler)

        def handle(payload: dict[str, Any], once: Once) -> None:
            handler(read_event(event_type, payload), once)

        def consume(alias: str, deliveries: list[Delivery]) -> None:
            deliver(name, handle, alias, deliveries, at_once)

        outbox.subscribe(event_type.name, name, queue, batch=batch)
        _consumers[name] = consume
        _make_task(name, time_limit)(consume)
        return handler

    return register


def _make_task(name: str, time_limit: int | None) -> Callable[[Callable[..., None]], Any]:
    """Return what makes a task; one with a limit of its own is asked to end before it is killed."""
    if time_limit is None:
        return shared_task(name=name)
    return shared_task(name=name, time_limit=time_limit, soft_time_limit=time_limit - 10)


def _together(event_type: type[E], together: Together[E]) -> consumer.Together:
    def handle(many: list[tuple[dict[str, Any], Once]]) -> None:
        together.handler([(read_event(event_type, payload), once) for payload, once in many])

    return consumer.Together(lambda payload: payload[together.by], handle)


def declare_events() -> None:
    """Register the events of all contexts, whether or not anybody hears them."""
    for app in apps.get_app_configs():
        if app.name.startswith("modules.") and module_has_submodule(app.module, "events"):
            module = import_module(f"{app.name}.events")
            for kind in vars(module).values():
                if is_dataclass(kind) and isinstance(kind, type) and kind.__module__ == module.__name__:
                    outbox.declare(str(kind.name))  # type: ignore[attr-defined]  # each of them has one


def read_event(event_type: type[E], payload: dict[str, Any]) -> E:
    """
    Return the event that a payload holds.

    What it has beyond the event's fields a later release has added: during a rollout both work side by side.
    """
    return event_type(
        **{field.name: payload[field.name] for field in fields(event_type) if field.name in payload}
    )


def periodic(function: Callable[[], None]) -> Callable[[], None]:
    """Make a function a task that `config/schedule.py` may name; it must bear being run twice."""

    @wraps(function)
    def run() -> None:
        try:
            function()
        except Exception as error:
            # It comes round again; an outage is told once, by its name.
            if (server := outages.server_of(error)) is None:
                raise
            outages.met(server, error)

    shared_task(name=task_name(function))(run)
    return function


def dispatch(subscriber: str, queue: str, alias: str, deliveries: list[Delivery]) -> None:
    """Run a subscriber here and now: what the broker and a worker would do. For tests and tools."""
    _consumers[subscriber](alias, deliveries)


def task_name(function: Callable[..., Any]) -> str:
    """Return `<context>.<function>` of a function in `modules.<context>.tasks`."""
    return f"{function.__module__.split('.')[1]}.{function.__name__}"
