"""The fence, asked as psql would: a raw connection that knows nothing of the application."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connections

from sharding.ids import make_id
from tests.sharding.people import ADA, ADAM, BOB, FAY

pytestmark = pytest.mark.django_db

INSERT = "INSERT INTO shardtests_note (id, author_id, text, rank) VALUES (%s, %s, %s, 0)"


def note_id(owner: int, sequence: int = 9) -> int:
    return make_id(2, (owner >> 10) & 4095, sequence)


@pytest.fixture
def psql() -> Iterator[psycopg.Connection]:
    """Instance a; one note of Ada's and, behind the fence's back, one of Fay's, who is not owned here."""
    parameters = connections["a"].get_connection_params()
    wanted = {key: parameters[key] for key in ("dbname", "user", "host", "port") if key in parameters}
    with psycopg.connect(**wanted, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for owner in (ADA, BOB, FAY):
            connection.execute(INSERT, [note_id(owner), owner, "old"])
        connection.execute("SET session_replication_role = origin")
        yield connection


def refusal_of(connection: psycopg.Connection, statement: str, *params: object) -> str | None:
    with pytest.raises(psycopg.Error) as refusal:
        connection.execute(statement.encode(), params)
    return refusal.value.sqlstate


def copy_in(connection: psycopg.Connection, rows: list[tuple[int, int, str, int]]) -> None:
    statement = "COPY shardtests_note (id, author_id, text, rank) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


class TestFence:
    @pytest.mark.parametrize(
        ("statement", "params"),
        [
            (INSERT, [note_id(FAY, 1), FAY, "new"]),
            ("UPDATE shardtests_note SET text = 'new' WHERE author_id = %s", [FAY]),
            ("DELETE FROM shardtests_note WHERE author_id = %s", [FAY]),
            ("UPDATE shardtests_note SET text = 'new'", []),
            ("DELETE FROM shardtests_note", []),
            (INSERT + " ON CONFLICT (id) DO UPDATE SET text = 'new'", [note_id(FAY), FAY, "new"]),
        ],
    )
    def test_refuses_rows_of_a_foreign_shard(self, psql, statement, params):
        assert refusal_of(psql, statement, *params) == "BN001"

        found = psql.execute("SELECT author_id, text FROM shardtests_note ORDER BY 1").fetchall()
        assert found == [(ADA, "old"), (BOB, "old"), (FAY, "old")]

    def test_refuses_a_copy_with_one_foreign_row(self, psql):
        rows = [(note_id(ADA, 1), ADA, "mine", 0), (note_id(FAY, 1), FAY, "foreign", 0)]

        with pytest.raises(psycopg.Error) as refusal:
            copy_in(psql, rows)

        assert refusal.value.sqlstate == "BN001"

    def test_lets_owned_rows_pass(self, psql):
        psql.execute(INSERT, [note_id(ADA, 1), ADA, "new"])
        psql.execute("UPDATE shardtests_note SET rank = rank + 1 WHERE author_id IN (%s, %s)", [ADA, BOB])
        deleted = psql.execute("DELETE FROM shardtests_note WHERE author_id = %s", [BOB]).rowcount

        found = psql.execute("SELECT sum(rank) FROM shardtests_note WHERE author_id = %s", [ADA]).fetchall()
        assert (found, deleted) == ([(2,)], 1)

    @pytest.mark.parametrize(
        ("statement", "params"),
        [
            (INSERT, [note_id(BOB, 1), ADA, "bits of another shard"]),
            (INSERT, [-1, ADA, "no id"]),
            ("UPDATE shardtests_note SET author_id = %s WHERE author_id = %s", [BOB, ADA]),
            ("INSERT INTO shardtests_edge (user_id, target_id, weight) VALUES (%s, %s, 0)", [-ADA, ADAM]),
        ],
    )
    def test_refuses_bits_that_do_not_match_the_owner(self, psql, statement, params):
        assert refusal_of(psql, statement, *params) == "23514"

    def test_refuses_a_shard_that_is_fenced_for_a_move(self, psql):
        psql.execute("UPDATE shard_ownership SET state = 'fenced' WHERE shard = 5")
        try:
            assert refusal_of(psql, INSERT, note_id(ADA, 1), ADA, "late") == "BN001"
            psql.execute(INSERT, [note_id(BOB, 1), BOB, "another shard"])
        finally:
            psql.execute("UPDATE shard_ownership SET state = 'owned' WHERE shard = 5")

    def test_holds_the_shard_against_a_mover_until_the_end(self, psql):
        with psycopg.connect(psql.info.dsn, autocommit=True) as mover, psql.transaction():
            psql.execute(INSERT, [note_id(ADA, 1), ADA, "open"])

            taken = [
                mover.execute("SELECT pg_try_advisory_lock(20250101, %s)", [n]).fetchone() for n in (5, 7)
            ]

        assert taken == [(False,), (True,)]

    @pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
    def test_refuses_snapshots_that_would_miss_a_move(self, psql, level):
        psql.execute(f"SET default_transaction_isolation = '{level.lower()}'")

        assert refusal_of(psql, INSERT, note_id(ADA, 1), ADA, "stale") == "P0001"

    def test_refuses_truncate(self, psql):
        assert refusal_of(psql, "TRUNCATE shardtests_note CASCADE") == "BN002"

        psql.execute("SET banyan.allow_truncate = 'on'")
        psql.execute("TRUNCATE shardtests_note CASCADE")

    def test_stands_on_insert_only_at_the_outbox(self, psql):
        event = "INSERT INTO outbox_event (id, owner_id, name, payload) VALUES (%s, %s, 'x', '{}')"
        psql.execute("SET session_replication_role = replica")
        psql.execute(event, [note_id(FAY), FAY])
        psql.execute("SET session_replication_role = origin")

        assert refusal_of(psql, event, note_id(FAY, 1), FAY) == "BN001"
        assert psql.execute("DELETE FROM outbox_event").rowcount == 1

    def test_is_not_in_the_directory(self):
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT to_regproc('fence_enter')::text, to_regclass('shard_ownership')::text")
            assert cursor.fetchone() == (None, None)
