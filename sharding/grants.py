"""
What the roles of processes may do: `shards migrate` gives it, as the owner of all tables, at its end.

No process but migrations runs as the owner. The API and the workers read and write rows; they can drop no
table, alter no fence, disable no trigger, and give no instance a shard: who owns what, they may only read.
The relay sees the outbox, and no person.
"""

from django.db import connections
from psycopg import sql

from sharding.conf import Roles

# What says who owns what and how far the schema is: moves and migrations write it.
READ_ONLY = ("shard_map", "shard_ownership", "schema_state", "django_migrations")
OUTBOX = ("outbox_event", "outbox_delivery")

_TABLES = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"


def grant(alias: str, roles: Roles) -> None:
    """Give the roles of a database what they need and nothing else; who is not named gets nothing."""
    with connections[alias].cursor() as cursor:
        cursor.execute(_TABLES)
        tables = {name for (name,) in cursor.fetchall()}
        # In one message, and so in one transaction.
        cursor.execute(sql.SQL("; ").join(_statements(tables, roles)))


def _statements(tables: set[str], roles: Roles) -> list[sql.Composed]:
    """Return what is to be run; each role loses everything first, in the same transaction."""
    found = []
    for role in filter(None, (roles.api, roles.relay)):
        found += [
            _of("GRANT USAGE ON SCHEMA public TO {role}", role),
            _of("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}", role),
            _of("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}", role),
        ]
    if roles.api:
        found += [
            _of("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}", roles.api),
            _of("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}", roles.api),
            *(
                _of("REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}", roles.api, table)
                for table in READ_ONLY
                if table in tables
            ),
        ]
    if roles.relay:
        found += [
            _of("GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {role}", roles.relay, table)
            for table in OUTBOX
        ]
    return found


def _of(text: str, role: str, table: str = "") -> sql.Composed:
    return sql.SQL(text).format(role=sql.Identifier(role), table=sql.Identifier(table or "public"))
