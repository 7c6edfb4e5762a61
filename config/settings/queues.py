"""Celery: queues by name, and the settings that were proven together (faults.md 6.4)."""

from typing import Any

from kombu import Queue

from config.env import Env
from config.rabbitmq import RabbitMQ
from modules.kernel.redis.address import Address

DEFAULT, EXPORTS, FANOUT, MAILINGS = "default", "exports", "fanout", "mailings"
MEDIA, MIRRORS, PERIODIC, PUSH = "media", "mirrors", "periodic", "push"
QUEUES = [DEFAULT, EXPORTS, FANOUT, MAILINGS, MEDIA, MIRRORS, PERIODIC, PUSH]

# The relay sends again what was not settled, so the broker may forget; it may not multiply.
TASK_TIME_LIMIT_S = 60


# After so many workers have died over a message RabbitMQ puts it into `DEAD`, which is for eyes only.
DELIVERY_LIMIT = 10
DEAD = Queue("dead", queue_arguments={"x-queue-type": "quorum", "x-max-length": 10_000})
QUORUM = {
    "x-queue-type": "quorum",
    "x-delivery-limit": DELIVERY_LIMIT,
    "x-dead-letter-exchange": "",
    "x-dead-letter-routing-key": DEAD.name,
}


def _rabbitmq(url: str) -> dict[str, Any]:
    """Return how Celery reaches a RabbitMQ: queues of a majority of its nodes, each message confirmed."""
    address = RabbitMQ.parse(url)
    return {
        "broker_url": address.url,
        "broker_use_ssl": address.tls or False,
        "broker_transport_options": {"confirm_publish": True},
        "task_queues": [Queue(name, queue_arguments=QUORUM) for name in QUEUES],
    }


def _redis(url: str) -> dict[str, Any]:
    """
    Return how Celery reaches a Redis, and what it must be told of TLS.

    Everybody else calls a socket unix://…?db=2. Of rediss:// kombu verifies only what it is told to.
    """
    tls = Address.parse(url).tls
    reached: dict[str, Any] = {
        "broker_url": url.partition("?")[0],
        "broker_use_ssl": dict(tls) if tls else False,
    }
    if url.startswith("unix://"):
        reached = {
            "broker_url": f"redis+socket://{url.removeprefix('unix://').replace('?db=', '?virtual_host=')}"
        }
    return {
        **reached,
        "broker_transport_options": {
            "visibility_timeout": 2 * TASK_TIME_LIMIT_S,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "health_check_interval": 15,
        },
        "task_queues": [Queue(name) for name in QUEUES],
    }


def celery(env: Env) -> dict[str, Any]:
    """Return Celery's configuration."""
    reach = _rabbitmq if RabbitMQ.is_meant_by(env.broker_url) else _redis
    return {
        **reach(env.broker_url),
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "task_default_queue": DEFAULT,
        "task_create_missing_queues": False,
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_time_limit": TASK_TIME_LIMIT_S,
        "task_soft_time_limit": TASK_TIME_LIMIT_S - 10,
        "task_serializer": "json",
        "accept_content": ["json"],
        "worker_consumer": "config.broker:Consumer",
        "worker_concurrency": env.worker_concurrency,
        "worker_prefetch_multiplier": 1,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "worker_soft_shutdown_timeout": 20,
        "worker_enable_soft_shutdown_on_idle": False,
        "worker_max_tasks_per_child": 10_000,
        "worker_max_memory_per_child": 300_000,
        "worker_hijack_root_logger": False,
        "beat_scheduler": "config.beat:Scheduler",
        # What is due is sent in time whatever this is; it bounds how old a heartbeat of the clock can be.
        "beat_max_loop_interval": 15,
        "beat_schedule_filename": str(env.state_dir / "beat-schedule"),
        "timezone": "UTC",
    }
