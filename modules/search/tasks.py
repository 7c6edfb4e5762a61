"""What search does after the news of others, and by the clock."""

from modules.accounts.events import AccountCreated, AccountErased
from modules.kernel.bus import periodic, subscribes
from modules.profiles.events import ProfileEdited
from modules.search.services import audits  # noqa: F401 - they are registered where news is heard
from modules.search.services.people import forget_person, rebuild_people, store_person
from sharding.scope import Once


@subscribes(AccountCreated)
def find_new_person(event: AccountCreated, once: Once) -> None:
    """Have a new account found by its name, once."""
    store_person(event.user_id, once=once)


@subscribes(ProfileEdited)
def find_edited_person(event: ProfileEdited, once: Once) -> None:
    """Have somebody found by their new names, and by nobody while their account is closed, once."""
    store_person(event.user_id, once=once)


@subscribes(AccountErased)
def forget_erased(event: AccountErased, once: Once) -> None:
    """Forget who was erased, once: of their profile nothing is left to be found by."""
    forget_person(event.user_id, once=once)


@periodic
def rank_people() -> None:
    """Look how many follow each, by which those who are found are put in order; and mend what differs."""
    rebuild_people()
