"""All processes, behind nginx, with sinks for what they tell."""

from __future__ import annotations

import json
from dataclasses import dataclass

import httpx

from deploy.embedded.process import Process
from tests.kit.client import Client
from tests.kit.machines import Api, Machines, until
from tests.kit.proxy import Proxy
from tests.tracing.sinks import Sinks, Span


@dataclass(frozen=True)
class System:
    """What runs, who is told, and two people of whom one follows the other."""

    stack: Machines
    api: Api
    relay: Process
    worker: Process
    proxy: Proxy
    sinks: Sinks
    ann: Client
    ben: Client

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """Ask through the proxy, as Ann."""
        headers |= {"X-Session-Token": self.ann.token or ""}
        with httpx.Client(base_url=self.proxy.url, verify=self.proxy.trust, timeout=10) as client:
            return client.request(method, path, json=body, headers=headers)

    def trace_of(self, response: httpx.Response) -> str:
        """Return which trace nginx has begun for a request."""
        request_id = response.headers["X-Request-Id"]
        until(lambda: request_id in self.proxy.log())
        [line] = [line for line in self.proxy.log().splitlines() if request_id in line]
        return str(json.loads(line)["trace_id"])

    def await_spans(self, trace_id: str, *names: str) -> list[Span]:
        """Return a trace, once these spans have come; those of a process come in the order of their end."""
        until(lambda: set(names) <= {span.name for span in self.sinks.trace(trace_id)})
        return self.sinks.trace(trace_id)
