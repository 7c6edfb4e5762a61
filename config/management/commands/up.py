"""`manage.py up`: the whole embedded stack, until Ctrl-C."""

from config.management.forwarded import ForwardedCommand


class Command(ForwardedCommand):
    """Runs servers and processes."""

    help = "Run the embedded stack until Ctrl-C."
