"""`manage.py psql`: PostgreSQL's client on one of the embedded servers."""

from config.management.forwarded import ForwardedCommand


class Command(ForwardedCommand):
    """Opens psql."""

    help = "Open psql on a server: psql [directory|a|b|a_replica1]."
