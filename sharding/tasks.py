"""Periodic work of the sharding package itself; contexts' tasks are made by modules.kernel.bus."""

from datetime import timedelta

from celery import shared_task  # noqa: TID251 - beneath the kernel there is no bus

from sharding.once import clean_once

KEPT = timedelta(days=7)


@shared_task(name="sharding.clean_once_rows")
def clean_once_rows() -> None:
    """Remove rows of idempotency keys and deliveries that no retry can need any more."""
    clean_once(older_than=KEPT)
