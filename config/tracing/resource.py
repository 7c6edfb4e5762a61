"""What all that a process sends by OTLP has in common."""

import os
import socket

from opentelemetry.sdk.resources import Resource

from config import env as environment

COLLECTOR = "collector"
EXPORT_S = 3.0


class NotTaken(Exception):
    """The collector did not take what was sent; it is lost."""


def of_service(service: str) -> Resource:
    """Return who this process is, under the name of a service."""
    env = environment.load()
    about = {
        "service.namespace": "banyan",
        "service.name": f"banyan-{service}",
        "service.version": env.release,
        "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
        "deployment.environment.name": env.environment,
    }
    return Resource.create({name: value for name, value in about.items() if value})
