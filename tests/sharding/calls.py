"""
Every public call of Django's QuerySet and Manager, and what it must do on a sharded model.

A call is given a queryset that stands for Ada's notes, "one" and "two"; neighbors on her shard, on another
shard of her instance and on the other instance have notes "one" too, so that a wrong scope shows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Upper

from sharding.errors import Unscoped, WrongShard
from tests.sharding.app.models import Note
from tests.sharding.people import ADA

Run = Callable[[Any], Any]


@dataclass(frozen=True)
class Read:
    """A call that reads: its answer for Ada, and what it costs."""

    run: Run
    answer: Any
    statements: int = 1
    unscoped: type[Exception] = Unscoped


@dataclass(frozen=True)
class Write:
    """A call that writes: the texts that Ada has afterwards, and what it costs."""

    run: Run
    texts: list[str]
    statements: int


def new() -> Note:
    return Note(author_id=ADA, text="new")


def texts(queryset: Any) -> list[str]:
    return sorted(row["text"] if isinstance(row, dict) else row.text for row in queryset)


def _remarks(queryset: Any) -> list[list[Any]]:
    return [list(row.remarks.all()) for row in queryset]


async def _list(queryset: Any) -> list[str]:
    return sorted([row.text async for row in queryset])


def sync(name: str, *args: Any, **kwargs: Any) -> Run:
    return lambda queryset: async_to_sync(getattr(queryset, name))(*args, **kwargs)


READS: dict[str, Read] = {
    "aggregate": Read(lambda qs: qs.aggregate(n=Count("*"))["n"], 2),
    "aaggregate": Read(lambda qs: async_to_sync(qs.aaggregate)(n=Count("*"))["n"], 2),
    "alias": Read(lambda qs: texts(qs.alias(up=Upper("text")).filter(up="ONE")), ["one"]),
    "all": Read(lambda qs: texts(qs.all()), ["one", "two"]),
    "annotate": Read(lambda qs: sorted(row.up for row in qs.annotate(up=Upper("text"))), ["ONE", "TWO"]),
    "complex_filter": Read(lambda qs: texts(qs.complex_filter(Q(text="one"))), ["one"]),
    "contains": Read(lambda qs: qs.contains(Note(pk=1)), False, unscoped=WrongShard),
    "acontains": Read(lambda qs: async_to_sync(qs.acontains)(Note(pk=1)), False, unscoped=WrongShard),
    "count": Read(lambda qs: qs.count(), 2),
    "acount": Read(lambda qs: async_to_sync(qs.acount)(), 2),
    "dates": Read(lambda qs: list(qs.dates("written_at", "day")), []),
    "datetimes": Read(lambda qs: list(qs.datetimes("written_at", "day")), []),
    "defer": Read(lambda qs: len(qs.defer("text")), 2),
    "difference": Read(lambda qs: texts(qs.difference(qs.filter(text="two"))), ["one"]),
    "distinct": Read(lambda qs: texts(qs.distinct()), ["one", "two"]),
    "earliest": Read(lambda qs: qs.earliest("text").text, "one"),
    "aearliest": Read(lambda qs: async_to_sync(qs.aearliest)("text").text, "one"),
    "exclude": Read(lambda qs: texts(qs.exclude(text="two")), ["one"]),
    "exists": Read(lambda qs: qs.exists(), True),
    "aexists": Read(lambda qs: async_to_sync(qs.aexists)(), True),
    "explain": Read(lambda qs: "shardtests_note" in qs.explain(), True),
    "aexplain": Read(lambda qs: "shardtests_note" in async_to_sync(qs.aexplain)(), True),
    "filter": Read(lambda qs: texts(qs.filter(text="one")), ["one"]),
    "first": Read(lambda qs: qs.first().text, "one"),
    "afirst": Read(lambda qs: async_to_sync(qs.afirst)().text, "one"),
    "get": Read(lambda qs: qs.get(text="two").text, "two"),
    "aget": Read(lambda qs: async_to_sync(qs.aget)(text="two").text, "two"),
    "in_bulk": Read(lambda qs: texts(qs.in_bulk().values()), ["one", "two"]),
    "ain_bulk": Read(lambda qs: texts(async_to_sync(qs.ain_bulk)().values()), ["one", "two"]),
    "intersection": Read(lambda qs: texts(qs.intersection(qs.filter(text="two"))), ["two"]),
    "iterator": Read(lambda qs: texts(qs.iterator()), ["one", "two"]),
    "last": Read(lambda qs: qs.last().text, "two"),
    "alast": Read(lambda qs: async_to_sync(qs.alast)().text, "two"),
    "latest": Read(lambda qs: qs.latest("text").text, "two"),
    "alatest": Read(lambda qs: async_to_sync(qs.alatest)("text").text, "two"),
    "only": Read(lambda qs: texts(qs.only("text")), ["one", "two"]),
    "order_by": Read(lambda qs: [row.text for row in qs.order_by("-text")], ["two", "one"]),
    "prefetch_related": Read(lambda qs: _remarks(qs.prefetch_related("remarks")), [[], []], 2),
    "reverse": Read(lambda qs: [row.text for row in qs.order_by("text").reverse()], ["two", "one"]),
    "resolve_expression": Read(lambda qs: texts(qs.filter(pk__in=qs.filter(text="two"))), ["two"]),
    "select_related": Read(lambda qs: texts(qs.select_related()), ["one", "two"]),
    "union": Read(lambda qs: texts(qs.filter(text="one").union(qs.filter(text="two"))), ["one", "two"]),
    "values": Read(lambda qs: texts(qs.values("text")), ["one", "two"]),
    "values_list": Read(lambda qs: sorted(qs.values_list("text", flat=True)), ["one", "two"]),
    "__and__": Read(lambda qs: texts(qs & qs.filter(text="two")), ["two"]),
    "__or__": Read(lambda qs: texts(qs.filter(text="one") | qs.filter(text="two")), ["one", "two"]),
    "__xor__": Read(lambda qs: texts(qs.filter(text="one") ^ qs), ["two"]),
    "__aiter__": Read(lambda qs: async_to_sync(_list)(qs), ["one", "two"]),
    "__bool__": Read(lambda qs: bool(qs), True),
    "__contains__": Read(lambda qs: Note(pk=1) in qs, False),
    "__getitem__": Read(lambda qs: qs.order_by("text")[1].text, "two"),
    "__iter__": Read(lambda qs: texts(iter(qs)), ["one", "two"]),
    "__len__": Read(lambda qs: len(qs), 2),
    "__repr__": Read(lambda qs: repr(qs).count("Note object"), 2),
}

WRITES: dict[str, Write] = {
    "create": Write(lambda qs: qs.create(author_id=ADA, text="new"), ["new", "one", "two"], 1),
    "acreate": Write(sync("acreate", author_id=ADA, text="new"), ["new", "one", "two"], 1),
    "bulk_create": Write(lambda qs: qs.bulk_create([new()]), ["new", "one", "two"], 1),
    "abulk_create": Write(lambda qs: async_to_sync(qs.abulk_create)([new()]), ["new", "one", "two"], 1),
    "bulk_update": Write(lambda qs: qs.bulk_update(_changed(qs), ["text"]), ["new", "two"], 2),
    "abulk_update": Write(
        lambda qs: async_to_sync(qs.abulk_update)(_changed(qs), ["text"]), ["new", "two"], 2
    ),
    "delete": Write(lambda qs: qs.filter(text="one").delete(), ["two"], 3),
    "adelete": Write(lambda qs: async_to_sync(qs.filter(text="one").adelete)(), ["two"], 3),
    "get_or_create": Write(lambda qs: qs.get_or_create(author_id=ADA, text="new"), ["new", "one", "two"], 4),
    "aget_or_create": Write(sync("aget_or_create", author_id=ADA, text="new"), ["new", "one", "two"], 4),
    "select_for_update": Write(lambda qs: list(qs.select_for_update()), ["one", "two"], 1),
    "update": Write(lambda qs: qs.filter(text="one").update(text=Upper("text")), ["ONE", "two"], 1),
    "aupdate": Write(sync("aupdate", text=Value("x"), rank=F("id") % 1000), ["x", "x"], 1),
    "update_or_create": Write(
        lambda qs: qs.update_or_create(author_id=ADA, text="one", defaults={"text": "new"}), ["new", "two"], 4
    ),
    "aupdate_or_create": Write(
        sync("aupdate_or_create", author_id=ADA, text="one", defaults={"text": "new"}), ["new", "two"], 4
    ),
}

REFUSED: dict[str, Run] = {
    "raw": lambda qs: qs.raw("SELECT * FROM shardtests_note"),
    "extra": lambda qs: qs.extra(where=["true"]),
    "aiterator": lambda qs: qs.aiterator(),
    "as_manager": lambda qs: type(Note.objects.none()).as_manager(),
}

#: What touches no database, and where it is shown instead.
NOT_CALLS = {
    "db": "what all calls ask",
    "none": "TestNone",
    "ordered": "a property of the query",
    "query": "the query itself",
    "using": "TestUsing",
    "auto_created": "Django's bookkeeping",
    "check": "Django's bookkeeping",
    "contribute_to_class": "Django's bookkeeping",
    "creation_counter": "Django's bookkeeping",
    "db_manager": "TestUsing",
    "deconstruct": "Django's bookkeeping",
    "from_queryset": "TestManagers",
    "get_queryset": "what all calls start with",
    "use_in_migrations": "Django's bookkeeping",
    "model": "Django's bookkeeping",
    "name": "Django's bookkeeping",
}


def _changed(queryset: Any) -> list[Note]:
    if queryset.pin is None or queryset.pin.owner_id is None:
        return [Note(pk=ADA, author_id=ADA, text="new")]
    note = queryset.get(text="one")
    note.text = "new"
    return [note]
