"""A pair of servers for instance `a`, and processes led to it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from deploy.embedded.throwaway import Throwaway
from tests.failover.pair import Pair
from tests.kit.machines import Machines

_pairs = count()


@pytest.fixture
def pair(stack_of_run: Throwaway) -> Iterator[Pair]:
    """Two servers of its own for each test: none is as it was afterwards."""
    name = f"pair{next(_pairs)}"
    made = Pair(stack_of_run, f"{name}_1", f"{name}_2")
    yield made
    made.end()


@pytest.fixture
def led(stack: Machines, pair: Pair) -> Machines:
    """Processes whose instance `a` is the pair."""
    b = stack.env["BANYAN_INSTANCES"].partition(",b=")[2]
    stack.env |= {"BANYAN_INSTANCES": f"a={pair.url},b={b}", "BANYAN_REPLICAS": ""}
    return stack
