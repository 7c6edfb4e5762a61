"""Many accounts at once, for loaders; nobody hears of them."""

from collections.abc import Sequence
from datetime import datetime
from itertools import cycle, islice

from django.db import connections

from modules.accounts.models.users import to_skeleton
from sharding.allocate import choose_shard
from sharding.scope import writing_directory

BATCH = 5000
# A choice weighs all 4096 shards (1 ms); dealing out some of them per batch spreads as well.
CHOICES = 64

# An account that is there already keeps its id, so that a load which broke off is simply run again.
_INSERT = """
INSERT INTO accounts_user (id, username, skeleton, password, is_active, roles, epoch, created_at)
SELECT next_id(shard), username, skeleton, '!', true, '{}', 1, %s
FROM unnest(%s::text[], %s::text[], %s::int[]) AS given (username, skeleton, shard)
ON CONFLICT (username) DO NOTHING
"""
_READ = "SELECT username, id FROM accounts_user WHERE username = ANY(%s)"


def create_accounts_in_bulk(usernames: Sequence[str], *, now: datetime) -> list[int]:
    """
    Create accounts without e-mail, with a password that nothing matches; return ids in the order given.

    Existing usernames are answered with the ids they have. Nothing is announced: the loader itself
    writes what the hearers of `AccountCreated` would.
    """
    ids: dict[str, int] = {}
    for start in range(0, len(usernames), BATCH):
        ids.update(_create(usernames[start : start + BATCH], now=now))
    return [ids[username] for username in usernames]


def _create(usernames: Sequence[str], *, now: datetime) -> dict[str, int]:
    skeletons = [to_skeleton(username) for username in usernames]
    shards = list(islice(cycle([choose_shard() for _ in range(CHOICES)]), len(usernames)))
    with writing_directory(), connections["default"].cursor() as cursor:
        cursor.execute(_INSERT, [now, list(usernames), skeletons, shards])
        cursor.execute(_READ, [list(usernames)])
        return dict(cursor.fetchall())
