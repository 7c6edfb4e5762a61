"""Starts it all, once for the tests of a module."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from tests.kit.client import Client
from tests.kit.machines import Machines, until
from tests.kit.proxy import start
from tests.kit.tls import Authority
from tests.kit.wipe import Wiper
from tests.tracing.sinks import listening
from tests.tracing.system import System


@pytest.fixture(scope="module")
def system(
    machines_of_module: Machines, wiper: Wiper, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    stack, home = machines_of_module, tmp_path_factory.mktemp("tracing")
    with listening() as sinks:
        env = sinks.env | {"BANYAN_WEB_WORKERS": "1", "BANYAN_TRACE_FROM_PROXY": "on"}
        relay, worker, api = stack.run_relay(**env), stack.run_worker(**env), stack.run_api(**env)
        port = int(api.url.rpartition(":")[2])
        host = Authority(home).issue("localhost")
        proxy = start(home / "etc", api=port, realtime=port, certificate=host, trusted=home / "authority.pem")
        ann, ben = (Client(api.url).sign_up(f"{name}_{secrets.token_hex(4)}") for name in ("ann", "ben"))
        ben.follow(ann)
        until(stack.outbox_is_empty)
        yield System(stack, api, relay, worker, proxy, sinks, ann, ben)
        proxy.process.stop()
        api.kill()  # another module's sinks are others
        until(stack.outbox_is_empty)
        wiper.wipe()
