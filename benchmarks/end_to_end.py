"""From a POST to the last follower's window, through gunicorn, outbox, relay, broker and worker."""

from __future__ import annotations

import http.client
import json
import time
from contextlib import closing

from django.db import connections

from benchmarks.driver import HOST
from benchmarks.results import US, Sample
from benchmarks.under_measure import Server, UnderMeasure
from benchmarks.world import World
from deploy.embedded.process import Process
from modules.kernel.redis.servers import redis
from modules.timelines import public as timelines
from sharding.conf import settings as sharding_settings

POSTS = 10  # a round
TIMEOUT_S = 60.0
POLL_S = 0.0005
PAUSE_S = 0.05  # between two posts, so that each meets an idle relay


class EndToEnd:
    """Relay and worker, running; and posts of the most followed author sent through them."""

    def __init__(self, measured: UnderMeasure, banyan: Server, world: World) -> None:
        """Warm every follower's home, forget what was posted before, start relay and worker."""
        self._measured, self._banyan, self._world = measured, banyan, world
        for follower_id in world.star_followers:
            timelines.warm(follower_id)
        for alias in sharding_settings().instances:
            with connections[alias].cursor() as cursor:
                cursor.execute("DELETE FROM outbox_event")
        self._delivery: tuple[Process, ...] = measured.start_delivery()
        self._post()

    def sample(self) -> Sample:
        """Send posts one after another and return what their way cost: relay and worker for each window."""
        before = self._measured.used(*self._delivery)
        took = []
        for _ in range(POSTS):
            time.sleep(PAUSE_S)
            took.append(self._post())
        used = self._measured.used(*self._delivery).since(before)
        units = POSTS * len(self._world.star_followers)
        late = sum(one is None for one in took)
        known = sorted(one for one in took if one is not None) or [0.0]
        return Sample(
            units=units,
            per_second=units / sum(known) if sum(known) else 0.0,
            server_us=used.server / units * US,
            redis_us=used.redis / units * US,
            postgres_us=used.postgres / units * US,
            p50_ms=known[len(known) // 2] * 1000,
            p99_ms=known[-1] * 1000,
            failures={"not delivered": late} if late else {},
        )

    def _post(self) -> float | None:
        """Send one post and return how long it took to reach every window, in seconds."""
        last = self._world.star_followers[-1]  # fan-out goes by edge, oldest first
        began = time.perf_counter()
        post_id = self._send()
        head = post_id.to_bytes(8, "big")
        while not (redis("a").run(("LINDEX", f"tl:{last}", 0))[0] or b"").startswith(head):
            if time.perf_counter() - began > TIMEOUT_S:
                return None
            time.sleep(POLL_S)
        took = time.perf_counter() - began
        holding = timelines.window_contains(self._world.star_followers, post_id)
        return took if len(holding) == len(self._world.star_followers) else None

    def _send(self) -> int:
        with closing(http.client.HTTPConnection(HOST, self._banyan.port, timeout=TIMEOUT_S)) as connection:
            body = json.dumps({"text": "To everybody who follows me."})
            headers = {"Content-Type": "application/json", "X-Session-Token": self._world.star.token}
            connection.request("POST", "/v1/posts", body, headers)
            answer = connection.getresponse()
            assert answer.status == 201, answer.read()
            return int(json.loads(answer.read())["id"])
