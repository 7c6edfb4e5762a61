"""How many addresses an account may have."""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.models import EmailAddress

from modules.accounts.errors import TooManyAddresses
from modules.accounts.models import User
from sharding.scope import writing_directory


@contextmanager
def adding_address(user_id: int) -> Iterator[None]:
    """
    Run a block that adds an address to an account; one at a time, so that all are counted.

    :raises TooManyAddresses: if the account has reached the limit
    """
    with writing_directory(owner_id=user_id):
        user = User.objects.select_for_update().get(id=user_id)
        if not EmailAddress.objects.can_add_email(user):
            raise TooManyAddresses
        yield
