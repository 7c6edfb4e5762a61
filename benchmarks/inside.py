"""Django in this process, once it is known where the servers are; it must come before any model."""

from __future__ import annotations

import os

import django

SETTINGS = "benchmarks.settings"


def begin(cores: list[int] | None = None) -> None:
    """Set Django up, and keep this process to some cores."""
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    if cores:
        os.sched_setaffinity(0, cores)
    django.setup()
