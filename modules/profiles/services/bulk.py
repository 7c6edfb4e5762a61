"""Many profiles at once, for loaders; nobody hears of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from sharding.ids import shard_of
from sharding.scope import require_binding, writing_for

_ADD = """
    INSERT INTO profiles_profile (user_id, username, display_name)
    SELECT user_id, username, username FROM unnest(%s::bigint[], %s::text[]) AS given (user_id, username)
    ON CONFLICT DO NOTHING"""


def create_profiles_in_bulk(
    people: Iterable[tuple[int, str]], *, on_progress: Callable[[int], None] | None = None
) -> int:
    """
    Make the profile of each (user id, username), and return how many were asked for.

    One transaction for each shard. Existing profiles stay as they are, so a load that broke off is simply
    run again. `on_progress` hears how many were written since it last heard.
    """
    by_shard: dict[int, dict[int, str]] = defaultdict(dict)
    for user_id, username in people:
        by_shard[shard_of(user_id)][user_id] = username
    for names in by_shard.values():
        _create(names)
        if on_progress:
            on_progress(len(names))
    return sum(map(len, by_shard.values()))


def _create(names: dict[int, str]) -> None:
    with writing_for(next(iter(names))), require_binding().connection.cursor() as cursor:
        cursor.execute(_ADD, [list(names), list(names.values())])
