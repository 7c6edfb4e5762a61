"""What a process does at its first request, asked by many at once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.kit.client import Client

pytestmark = pytest.mark.django_db


def test_the_contract_is_there_for_all_of_the_first_who_ask(stack):
    api = stack.run_api(BANYAN_WEB_WORKERS="1", BANYAN_WEB_THREADS="8")

    with ThreadPoolExecutor(12) as pool:
        statuses = Counter(
            pool.map(lambda _: Client(api.url).call("GET", "/v1/openapi.json").status, range(12))
        )

    assert statuses == {200: 12}
