"""nginx before a stub that says what it was asked, and before a real API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.kit.proxy import Proxy, start
from tests.kit.stub import Stub, answering
from tests.kit.tls import Authority


@dataclass(frozen=True)
class Front:
    """A proxy, and what stands behind it in place of the API and of the realtime process."""

    proxy: Proxy
    api: Stub
    realtime: Stub


@pytest.fixture(scope="module")
def front_of_module(tmp_path_factory) -> Iterator[Front]:
    home = tmp_path_factory.mktemp("nginx")
    host = Authority(home).issue("localhost")
    with answering() as api, answering() as realtime:
        ports = [int(stub.url.rpartition(":")[2]) for stub in (api, realtime)]
        proxy = start(
            home / "etc", api=ports[0], realtime=ports[1], certificate=host, trusted=home / "authority.pem"
        )
        yield Front(proxy, api, realtime)
        proxy.process.stop()


@pytest.fixture
def front(front_of_module: Front) -> Front:
    """The same for all tests of a module; each says anew what the stubs answer."""
    for stub in (front_of_module.api, front_of_module.realtime):
        stub.asked.clear()
        stub.decide = lambda asked: (200, {}, {"asked": asked.path})
    return front_of_module
