"""Empties what a test has committed. Rollback would not do: replicas, relay and worker see commits only."""

from __future__ import annotations

import contextlib
import shutil

import psycopg
import redis as redis_client

from deploy.embedded.postgres import Server
from deploy.embedded.throwaway import Throwaway
from deploy.embedded.topology import BROKER, CACHE, HOT
from tests.kit.canaries import find_in_redis

LIST_TABLES = "select format('%I', tablename) from pg_tables where schemaname = 'public' order by 1"
# How much was ever written: nothing changes without a record in the log.
WRITTEN = b"select pg_current_wal_insert_lsn()"
OPTIONS = "set session_replication_role = replica; set lock_timeout = '5s'"

Connection = psycopg.Connection[tuple[object, ...]]


class Wiper:
    """
    Remembers which tables are empty after migration, those that tests fill, and empties them.

    The others (applied migrations, the shard map, ownership) are part of a fresh database; a test that
    changes them puts them back. Its connections are its own: a test may have broken Django's.
    """

    def __init__(self, stack: Throwaway) -> None:
        self._stack = stack
        urls = [stack.topology.redis.url(number) for number in (CACHE, HOT, BROKER)]
        self._redis = [redis_client.Redis.from_url(url) for url in urls]
        self._connections: dict[str, Connection] = {}
        self._wiped_at: dict[str, object] = {}
        self._deletes = {
            server.name: _delete_from_all(self._list_empty_tables(server))
            for server in stack.topology.primaries.values()
        }

    def wipe(self) -> None:
        """
        Delete every row that tests wrote, on every primary, everything in Redis, and files of media.

        :raises AssertionError: if a test left in Redis what must not be there
        """
        found = [find_in_redis(client) for client in self._redis]
        for server in self._stack.topology.primaries.values():
            try:
                self._delete(server)
            except psycopg.OperationalError:
                self._forget(server)
                self._delete(server)
        self._stack.topology.redis.command("FLUSHALL")
        for left in self._stack.layout.media.iterdir():
            shutil.rmtree(left, ignore_errors=True)
        assert found == [None] * len(found), f"Redis holds what it must not: {found}"

    def _delete(self, server: Server) -> None:
        """Delete, unless nothing was written since: most tests write to one server, many to none."""
        connection = self._connection(server)
        if self._written(connection) != self._wiped_at.get(server.name):
            connection.execute(self._deletes[server.name], prepare=True)
            self._wiped_at[server.name] = self._written(connection)

    @staticmethod
    def _written(connection: Connection) -> object:
        return connection.execute(WRITTEN, prepare=True).fetchone()

    def _list_empty_tables(self, server: Server) -> list[object]:
        connection = self._connection(server)
        tables = [table for (table,) in connection.execute(LIST_TABLES).fetchall()]
        return [table for table in tables if not connection.execute(f"select from {table} limit 1").rowcount]

    def _connection(self, server: Server) -> Connection:
        if server.name not in self._connections:
            # As a replica: no triggers, no foreign keys; DELETE beats TRUNCATE on a handful of rows.
            self._connections[server.name] = server.connect()
            self._connections[server.name].execute(OPTIONS)
        return self._connections[server.name]

    def _forget(self, server: Server) -> None:
        with contextlib.suppress(psycopg.Error):
            self._connections.pop(server.name).close()

    def close(self) -> None:
        """Close the connections."""
        for client in self._redis:
            client.close()
        for server in self._stack.topology.primaries.values():
            self._forget(server)


def _delete_from_all(tables: list[object]) -> bytes:
    """Return one statement, planned once: thousands of tests wipe, and most have written to few tables."""
    parts = [f"d{number} as (delete from {table})" for number, table in enumerate(tables)]
    return f"with {', '.join(parts)} select".encode()
