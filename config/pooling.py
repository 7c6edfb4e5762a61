"""At the start of a process behind a pooler: nothing begins whose statements would have no time limit."""

import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from sharding.backend import limits


def when_ready(server: Any) -> None:
    """Be gunicorn's hook, before workers are forked."""
    refuse_without_limits()


def refuse_without_limits(**_: Any) -> None:
    """
    Ask every database that can be reached.

    :raises SystemExit: if one sets no limits; Celery only logs other errors of its signals
    """
    try:
        limits.prove_all()
    except ImproperlyConfigured as refusal:
        sys.exit(str(refusal))
