"""What processes count and measure; labels are bounded: names from the code or the configuration."""

from prometheus_client import Counter, Gauge, Histogram

# From a warm page (1 ms) to where BANYAN_DATABASE_WAIT_MS has long ended a request.
_SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
# From a fan-out that nobody notices (25 ms) to one that somebody should have been woken for.
_LAGS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
_TASKS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

REQUESTS = Counter("banyan_requests", "Requests answered.", ["operation", "status"])
REQUEST_SECONDS = Histogram(
    "banyan_request_seconds", "How long requests took, the edge included.", ["operation"], buckets=_SECONDS
)
IN_PROGRESS = Gauge("banyan_requests_in_progress", "Threads that answer.", multiprocess_mode="livesum")
THREADS = Gauge("banyan_request_threads", "Threads that could.", multiprocess_mode="livesum")
BREAKERS_OPEN = Gauge(
    "banyan_breakers_open",
    "Processes that turn callers of a server away.",
    ["server"],
    multiprocess_mode="livesum",
)
SLOW_WAITS = Gauge(
    "banyan_slow_waits", "Threads that wait long for a database.", ["database"], multiprocess_mode="livesum"
)
SLOW_WAITS_REFUSED = Counter(
    "banyan_slow_waits_refused", "Waits refused, for too many waited already.", ["database"]
)
CARD_READS = Counter("banyan_card_reads", "Cards looked for in Redis.", ["kind", "result"])
DELIVERY_SECONDS = Histogram(
    "banyan_delivery_seconds", "From an event to its effect.", ["subscriber"], buckets=_LAGS
)
TASKS = Counter("banyan_tasks", "Celery tasks that ended.", ["task", "state"])
TASK_SECONDS = Histogram("banyan_task_seconds", "How long Celery tasks ran.", ["task"], buckets=_TASKS)
