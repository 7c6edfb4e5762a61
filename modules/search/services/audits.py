"""The audit of people who are found: every account has a row that says what its profile says."""

from collections.abc import Iterator, Sequence

from modules.accounts import public as accounts
from modules.search.services.people import list_differing, map_entries, mend_people
from sharding import audits
from sharding.audits import Audit, Difference


def compare_people(user_ids: Sequence[int]) -> Iterator[Difference]:
    """Yield whose row is not there, or says something else than profiles."""
    entries = map_entries(user_ids)
    for user_id in list_differing(entries):
        known = (entries[user_id].username, entries[user_id].version)
        yield Difference(user_id, "person_differs", known=known, told_by=(user_id,))


def repair_people(differences: Sequence[Difference]) -> int:
    """Make the rows anew; return how many."""
    mend_people([each.owner_id for each in differences])
    return len(differences)


audits.register(Audit("search.people", accounts.list_account_ids, compare_people, repair_people))
