"""
Time limits behind a pooler: each new connection proves that the server sets them.

A session says its limits as it begins (`options`). PgBouncer refuses that or drops it, and a SET would be
left on a server that is another's a moment later. So the role has them (`ALTER ROLE … SET`, as in
deploy/postgres/roles.sh), at no cost for any statement. Nobody would notice where they are missing until a
statement runs for ever, so a connection asks once, when it is made. By that it also learns whether there is
a server: a pooler lets clients in whatever has become of what is behind it.
"""

from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from sharding.backend.connection import Connection
from sharding.conf import IDLE_IN_TRANSACTION_MS, settings
from sharding.errors import InstanceUnavailable

_ASKED = "SELECT name, setting::bigint, current_user::text FROM pg_settings WHERE name = ANY(%s)"


def wanted() -> dict[str, int]:
    """Return the limits of a session by their names, in milliseconds."""
    return {
        "statement_timeout": settings().statement_timeout_ms,
        "lock_timeout": settings().lock_timeout_ms,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_MS,
    }


def prove(alias: str, connection: Connection) -> None:
    """
    Ask a connection that was just made for its limits; Django says later how it commits.

    :raises ImproperlyConfigured: if one is missing, or longer than this process counts on
    """
    limits = wanted()
    connection.autocommit = True
    rows = connection.execute(_ASKED, [list(limits)]).fetchall()
    for name, found, role in rows:
        if not 0 < found <= limits[name]:
            is_said = f"is {found} ms" if found else "is not set"
            raise ImproperlyConfigured(
                f"{alias}: behind the pooler {name} {is_said}. ALTER ROLE {role} SET {name} ="
                f" '{limits[name]}ms'; on the server, then RECONNECT; on the pooler's console."
            )


def prove_all() -> None:
    """
    Prove it to every database at the start of a process; one that is away proves it when it is back.

    :raises ImproperlyConfigured: naming the first whose limits do not hold
    """
    for alias in connections:
        try:
            connections[alias].ensure_connection()
        except InstanceUnavailable:
            continue
        finally:
            # Of those that are forked next, none may have it.
            connections[alias].close()
