"""`manage.py down`: stops the embedded stack from another terminal."""

from config.management.forwarded import ForwardedCommand


class Command(ForwardedCommand):
    """Stops servers and processes."""

    help = "Stop the embedded stack."
