"""
The trace of an event, from its row through the relay to each subscriber.

The row keeps the context of who recorded it. The relay sends many events in one message, of many traces: each
has a span of its own for that, and for what is done about it; the task belongs to the first of them.
"""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from opentelemetry.context import attach, detach
from opentelemetry.trace import Link, Span, SpanKind, get_current_span, set_span_in_context

from config.tracing.replacing import replace
from config.tracing.spans import UNSAMPLED, Attributes, Spanning, fail, read, start, write_down
from sharding import outages, outbox
from sharding.delivery import consumer, sending
from sharding.delivery.consumer import Delivery


def install() -> None:
    """Carry the trace along from here on."""
    outbox.on_record.append(_note)
    replace(sending, "send_by_celery", _send)
    replace(consumer, "_run", _process)
    replace(consumer, "_back_off", _back_off)


def _note(facts: dict[str, Any]) -> None:
    """Write down who records an event, if that is sampled."""
    span = get_current_span()
    if span.is_recording():
        facts[outbox.TRACEPARENT] = write_down(span)


def _send(send: Callable[..., None]) -> Callable[..., None]:
    def spanned(subscriber: str, queue: str, alias: str, deliveries: list[Delivery]) -> None:
        about: Attributes = {
            "messaging.destination.name": queue,
            "messaging.batch.message_count": len(deliveries),
            "banyan.instance": outages.name_of(alias),
        }
        spans: dict[str, Span] = {}
        for _, _, payload in deliveries:
            told = payload.get(outbox.TRACEPARENT)
            if told is None:
                continue
            if told not in spans:
                spans[told] = start(f"send {subscriber}", SpanKind.PRODUCER, about, within=read(told))
            payload[outbox.TRACEPARENT] = write_down(spans[told])
        with ExitStack() as ended:
            for span in spans.values():
                ended.push(_ending(span))
            ended.callback(detach, attach(set_span_in_context(next(iter(spans.values()), UNSAMPLED))))
            send(subscriber, queue, alias, deliveries)

    return spanned


def _ending(span: Span) -> Callable[..., bool]:
    def end(_: Any, error: BaseException | None, __: Any) -> bool:
        if error is not None:
            fail(span, error)
        span.end()
        return False

    return end


def _process(run: Callable[..., None]) -> Callable[..., None]:
    def spanned(batch: Any, handler: Any, delivery: Delivery) -> None:
        told = delivery[2].get(outbox.TRACEPARENT)
        if told is None:
            return run(batch, handler, delivery)
        task, sender = get_current_span(), get_current_span(read(told))
        is_same = task.get_span_context().trace_id == sender.get_span_context().trace_id
        with Spanning(
            f"process {batch.subscriber}",
            SpanKind.CONSUMER,
            {"banyan.instance": outages.name_of(batch.alias), "banyan.event_id": str(delivery[0])},
            within=None if is_same else set_span_in_context(sender),
            links=[] if is_same or not task.is_recording() else [Link(task.get_span_context())],
        ):
            return run(batch, handler, delivery)

    return spanned


def _back_off(back_off: Callable[..., None]) -> Callable[..., None]:
    def noted(batch: Any, event_id: int, error: Exception) -> None:
        fail(get_current_span(), error)
        back_off(batch, event_id, error)

    return noted
