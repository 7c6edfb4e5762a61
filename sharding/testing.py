"""For tests: count what every database is asked, and choose the shards of new users."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from typing import Any

from django.db import connections

from sharding import allocate, scatter, shard_map


class Queries:
    """The statements run so far, in order; BEGIN and COMMIT are not among them."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, str]] = []

    @property
    def by_alias(self) -> dict[str, int]:
        """Return how many statements each database ran; databases without any are absent."""
        return dict(Counter(alias for alias, _ in self.statements))

    @property
    def total(self) -> int:
        """Return how many statements ran."""
        return len(self.statements)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Record and run; the shape of Django's execute wrappers."""
        self.statements.append((context["connection"].alias, str(sql)))
        return execute(sql, params, many, context)


@contextmanager
def count_queries() -> Iterator[Queries]:
    """Count the statements of this thread on all databases; scatters run in it meanwhile."""
    # The first reading of the map is the process's, not the caller's.
    shard_map.current()
    queries = Queries()
    with scatter.serially(), ExitStack() as stack:
        for connection in {id(one): one for one in connections.all()}.values():
            stack.enter_context(connection.execute_wrapper(queries))
        yield queries


@contextmanager
def choosing(*shards: int) -> Iterator[None]:
    """Make `choose_shard` choose these, in turn."""
    with allocate.choices_from(cycle(shards)):
        yield
