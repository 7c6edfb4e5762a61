"""Who is found by name: rows of the directory, made of what profiles says as of now."""

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from django.db import connections
from django.db.backends.utils import CursorWrapper

from modules.accounts import public as accounts
from modules.graph import public as graph
from modules.profiles import public as profiles
from modules.search.models import FoundPerson
from modules.search.models.folding import fold
from sharding.scope import Once, writing_directory

_BATCH = 500
# Two who tell of one person may come in any order: what is older gives way.
_STORE = """
    INSERT INTO search_foundperson AS known (user_id, username, words, is_open, version)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::boolean[], %s::bigint[])
    ON CONFLICT (user_id) DO UPDATE SET
        username = EXCLUDED.username, words = EXCLUDED.words, is_open = EXCLUDED.is_open,
        version = EXCLUDED.version
    WHERE known.version <= EXCLUDED.version"""
# A profile that was lost and made anew begins with its first version; whoever tells meanwhile is believed.
_FORGET = """
    DELETE FROM search_foundperson AS known
    USING unnest(%s::bigint[], %s::bigint[]) AS seen (user_id, version)
    WHERE known.user_id = seen.user_id AND known.version = seen.version"""
_COUNT = """
    UPDATE search_foundperson AS known SET followers = counted.followers
    FROM unnest(%s::bigint[], %s::bigint[]) AS counted (user_id, followers)
    WHERE known.user_id = counted.user_id"""


class Entry(NamedTuple):
    """What a row says of somebody."""

    username: str
    words: str
    is_open: bool
    version: int


def store_person(user_id: int, *, once: Once | None) -> None:
    """Make somebody found by what they are called now, or by nobody if they are gone, once."""
    entries = map_entries([user_id])
    with writing_directory(once=once, owner_id=user_id) as write, connections[write.alias].cursor() as cursor:
        _store(cursor, entries)


def forget_person(user_id: int, *, once: Once | None) -> None:
    """Have somebody found no more, whose account there is no longer, once."""
    with writing_directory(once=once, owner_id=user_id):
        FoundPerson.objects.filter(user_id=user_id).delete()


def rebuild_people(
    *, is_dry: bool = False, on_progress: Callable[[int], None] | None = None
) -> tuple[int, int]:
    """
    Compare all rows with the accounts and profiles there are, and make them agree; followers too.

    May be run at any time and any number of times, beside everything else. Returns how many people there are
    and how many rows were changed, or would be.
    """
    seen = changed = 0
    for user_ids in _batches():
        entries, followers = map_entries(user_ids), count_followers(user_ids)
        differing = list_differing(entries, followers)
        if differing and not is_dry:
            mend_people(differing)
            with writing_directory() as write, connections[write.alias].cursor() as cursor:
                cursor.execute(_COUNT, [differing, [followers.get(id, 0) for id in differing]])
        seen, changed = seen + len(user_ids), changed + len(differing)
        if on_progress:
            on_progress(len(user_ids))
    return seen, changed


def mend_people(user_ids: Collection[int]) -> None:
    """Have these rows say what profiles does, also where they know of a later version than there is."""
    known = _known(user_ids)
    entries = map_entries(user_ids)  # read later: a profile that is older now is what there is
    lost = {id: known[id][3] for id, entry in entries.items() if id in known and entry.version < known[id][3]}
    with writing_directory() as write, connections[write.alias].cursor() as cursor:
        if lost:
            cursor.execute(_FORGET, [list(lost), list(lost.values())])
        _store(cursor, entries)


def map_entries(user_ids: Collection[int]) -> dict[int, Entry]:
    """Return what the row of each user should say; those without an account are absent."""
    return {
        id: Entry(
            name.username,
            "".join(f" {word}" for word in (*fold(name.username), *fold(name.display_name))),
            name.is_open,
            name.version,
        )
        for id, name in profiles.map_names(user_ids).items()
    }


def count_followers(user_ids: Collection[int]) -> dict[int, int]:
    """Return how many follow each as others see it: who hides it is ranked as if nobody did."""
    return {id: counts.followers or 0 for id, counts in graph.map_counts(user_ids).items()}


def list_differing(entries: dict[int, Entry], followers: dict[int, int] | None = None) -> list[int]:
    """Return whose row is not there or says something else; followers are compared if they are given."""
    known = _known(entries)
    return [
        id
        for id, entry in entries.items()
        if id not in known
        or known[id][:4] != entry
        or (followers is not None and known[id][4] != followers.get(id, 0))
    ]


def _known(user_ids: Collection[int]) -> dict[int, tuple[str, str, bool, int, int]]:
    rows = FoundPerson.objects.filter(user_id__in=list(user_ids))
    columns = ("username", "words", "is_open", "version", "followers")
    return {id: tuple(rest) for id, *rest in rows.values_list("user_id", *columns)}


def _store(cursor: CursorWrapper, entries: dict[int, Entry]) -> None:
    columns = [list(column) for column in zip(*entries.values(), strict=True)]
    if columns:
        cursor.execute(_STORE, [list(entries), *columns])


def _batches() -> Iterator[list[int]]:
    after = 0
    while user_ids := accounts.list_account_ids(after, _BATCH):
        yield user_ids
        after = user_ids[-1]
