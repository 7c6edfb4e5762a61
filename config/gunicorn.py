"""
gunicorn's configuration; figures from speed.md and faults.md 6.7.

*Workers.* Python runs on one core at a time in a process, so a core needs a process of its own; and a
request waits for its databases about as long as it computes, so a second one keeps that core busy
meanwhile. One more takes the place of a worker that starts anew (`max_requests`). Hence twice the cores and
one; the cores are those that the container may use (config/cores.py): on a host of 64 with a limit of two,
5 workers and not 129. Each has some 60 MB of its own and, at its busiest, `threads` +
BANYAN_SCATTER_THREADS connections to each database.

*Threads.* Four: on two cores eight made a warm home a quarter dearer (python -m benchmarks), for they only
wait for each other's turn. They are what waits for a slow server, and the bulkhead counts by them.

*Not granian*, which was measured in its place (docs/operations.md, "Another server"): a post takes half the
CPU there, but its WSGI threads wait for slow bodies themselves, four of which take a process from everybody.
"""

from typing import Any

from config import refusals
from config.env import load
from config.serving.files import allow_connections
from sharding import tracebacks

_env = load()
refusals.install()
tracebacks.install()

bind = f"{_env.host}:{_env.port}"
worker_class = "config.serving.worker.Worker"
workers = _env.web_workers
threads = _env.web_threads
worker_connections = allow_connections()
timeout = 15
graceful_timeout = 20
keepalive = 75
max_requests = 50_000
max_requests_jitter = 5_000
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
forwarded_allow_ips = "127.0.0.1"
# A header must not say where this service is mounted: its addresses come from BANYAN_PUBLIC_URL alone.
forwarder_headers = ""
control_socket_disable = True
worker_tmp_dir = "/dev/shm"  # noqa: S108 - in memory, so that a busy disk delays no heartbeat
preload_app = True
logger_class = "config.gunicorn_logs.PlainLogger"
accesslog = None  # the application writes one structured line a request

_reports = bool(_env.otlp_endpoint or _env.sentry_dsn)
if _reports:
    from config import reporting
if _env.metrics:
    from config.metrics.workers import child_exit, on_starting, post_fork, pre_fork  # noqa: F401 - gunicorn's hooks

if _env.pooled == "on":
    from config.pooling import when_ready  # noqa: F401 - gunicorn's hook


def post_worker_init(worker: Any) -> None:
    """Have a worker tell of itself, once the application is loaded."""
    from config.operations import requests

    if _reports:
        reporting.post_worker_init(worker)
    requests.begin()


def worker_exit(server: Any, worker: Any) -> None:
    """Have a worker say that it ends."""
    from config.operations import reports

    reports.stop()
    if _reports:
        reporting.worker_exit(server, worker)
