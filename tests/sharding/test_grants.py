"""Roles: what processes may do in their databases, and what not even a stolen password of theirs can."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from deploy.embedded.layout import ROOT
from sharding.conf import Roles
from sharding.grants import grant
from sharding.ids import make_id

pytestmark = pytest.mark.django_db

ROLES = Roles(api="tests_api", relay="tests_relay")
ANN = make_id(1, 7, 1)  # on a shard of instance a
OWNERS = """
    SELECT relowner::regrole::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT proowner::regrole::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()"""
COUNTS = f"INSERT INTO graph_followcount (user_id) VALUES ({ANN})"


@pytest.fixture
def ask(stack_of_run):
    """Run a statement on instance `a` as one of the roles."""
    server = stack_of_run.topology.primaries["a"]
    with server.connect() as owner:
        for role in (ROLES.api, ROLES.relay):
            owner.execute(f"CREATE ROLE {role} LOGIN")
    grant("a", ROLES)

    def run(role, statement):
        with psycopg.connect(host=str(server.sockets), user=role, dbname="banyan") as connection:
            return connection.execute(statement).rowcount

    yield run
    with server.connect() as owner:
        for role in (ROLES.api, ROLES.relay):
            owner.execute(f"DROP OWNED BY {role}")
            owner.execute(f"DROP ROLE {role}")


def test_the_api_reads_and_writes_rows_of_its_shards(ask):
    count = f"FROM graph_followcount WHERE user_id = {ANN}"

    assert ask(ROLES.api, COUNTS) == 1
    assert ask(ROLES.api, "UPDATE graph_followcount SET followers = 1") == 1
    assert ask(ROLES.api, f"SELECT {count}") == 1
    assert ask(ROLES.api, f"DELETE {count}") == 1
    assert ask(ROLES.api, "SELECT next_id(7)") == 1
    assert ask(ROLES.api, "SELECT FROM shard_ownership WHERE shard = 7") == 1


def test_a_role_that_takes_turns_with_the_apis_may_do_the_same(ask, stack_of_run):
    """So that a password is changed while processes with the old one go on."""
    with stack_of_run.topology.primaries["a"].connect() as owner:
        owner.execute(f"CREATE ROLE tests_api_2 LOGIN IN ROLE {ROLES.api}")
        try:
            assert ask("tests_api_2", COUNTS) == 1
            assert ask("tests_api_2", "SELECT next_id(7)") == 1
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                ask("tests_api_2", "DROP TABLE posts_post")
        finally:
            owner.execute("DROP ROLE tests_api_2")


def test_what_belonged_to_a_superuser_is_given_to_the_owner_of_all(stack_of_run):
    """deploy/postgres/owner.sql, undone in the end."""
    script = (ROOT / "deploy" / "postgres" / "owner.sql").read_text()
    before, _, after = script.partition("COMMIT;")
    with stack_of_run.topology.primaries["a"].connect() as superuser:
        assert set(superuser.execute(OWNERS).fetchall()) == {("banyan",)}
        superuser.execute("CREATE ROLE banyan_owner")
        try:
            superuser.execute(before.encode())
            assert set(superuser.execute(OWNERS).fetchall()) == {("banyan_owner",)}
        finally:
            superuser.execute("ROLLBACK")
            superuser.execute("DROP ROLE banyan_owner")
    assert after.strip() == ""


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE posts_post",
        "ALTER TABLE posts_post DISABLE TRIGGER ALL",
        "DROP TRIGGER fence_insert ON posts_post",
        "ALTER TABLE posts_post DROP CONSTRAINT posts_post_fence_owner",
        "CREATE OR REPLACE FUNCTION fence_enter(wanted int) RETURNS bigint LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION fence_posts_post() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "DROP FUNCTION fence_posts_post() CASCADE",
        "UPDATE shard_ownership SET state = 'owned'",
        "INSERT INTO shard_ownership (shard, state, epoch) VALUES (4000, 'owned', 1)",
        "DELETE FROM shard_ownership",
        "UPDATE schema_state SET digest = ''",
        "DELETE FROM django_migrations",
        "SET session_replication_role = 'replica'",
        "TRUNCATE posts_post",
        "CREATE TABLE public.mine (x int)",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER ROLE tests_api SUPERUSER",
        "SET ROLE banyan",
    ],
)
@pytest.mark.parametrize("role", [ROLES.api, ROLES.relay])
def test_neither_role_can_change_a_table_the_fence_or_itself(ask, role, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(role, statement)


def test_the_relay_sees_the_outbox_and_no_person(ask):
    assert ask(ROLES.relay, "DELETE FROM outbox_event") == 0
    assert ask(ROLES.relay, "UPDATE outbox_delivery SET state = 'waiting'") == 0

    for table in ("posts_post", "graph_followcount", "once"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(ROLES.relay, f"SELECT FROM {table}")


def test_what_was_given_before_is_taken_back(ask):
    with connections["a"].cursor() as owner:
        owner.execute(f"GRANT ALL ON shard_ownership, posts_post TO {ROLES.api}, {ROLES.relay}")

    grant("a", ROLES)

    for role in (ROLES.api, ROLES.relay):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(role, "DELETE FROM shard_ownership")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(role, "TRUNCATE posts_post")


def test_a_role_that_is_not_there_is_named_with_its_variable(settings):
    settings.SHARDING = replace(settings.SHARDING, roles=Roles(api="nobody_there"))

    with pytest.raises(CommandError, match="BANYAN_API_ROLE"):
        call_command("shards", "migrate")
