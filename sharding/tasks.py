"""Periodic work of the sharding package itself; contexts' tasks are made by modules.kernel.bus."""

from datetime import timedelta

import structlog
from celery import shared_task  # noqa: TID251 - beneath the kernel there is no bus

from sharding import audits, outages
from sharding.errors import InstanceUnavailable
from sharding.once import clean_once

KEPT = timedelta(days=7)
#: Owners of each audit that are looked at every night: seconds of one worker, however many there are.
SAMPLED = 1_000

log = structlog.get_logger(__name__)


@shared_task(name="sharding.clean_once_rows")
def clean_once_rows() -> None:
    """Remove rows of idempotency keys and deliveries that no retry can need any more."""
    clean_once(older_than=KEPT)


@shared_task(name="sharding.audit_sample")
def audit_sample() -> None:
    """Compare a sample of what is written twice, and say what differs; nothing is changed unasked."""
    for audit in audits.registered():
        try:
            _audit(audit)
        except InstanceUnavailable as error:
            # It comes round again; the audits that need another database go on.
            outages.met(outages.name_of(error.alias), error)
        except audits.CannotAudit as error:
            log.warning("audit_not_done", audit=audit.name, error=str(error))


def _audit(audit: audits.Audit) -> None:
    for owner_ids in audits.batches(audit, SAMPLED):
        for difference in audits.find_differences(audit, owner_ids):
            log.error("audit_difference", **audits.describe(audit, difference))
