"""`manage.py reset`: stops the embedded stack and deletes its data."""

from config.management.forwarded import ForwardedCommand


class Command(ForwardedCommand):
    """Deletes data after asking."""

    help = "Stop the embedded stack and delete its data."
