"""`manage.py logs`: follows what the processes of the embedded stack write."""

from config.management.forwarded import ForwardedCommand


class Command(ForwardedCommand):
    """Follows logs."""

    help = "Follow the logs of the embedded stack."
