"""How far an erasure has come, and what it has deleted."""

from collections.abc import Mapping

from modules.accounts.public import find_deletion, read_receipt
from modules.erasure.errors import DeletionNotFound
from modules.erasure.models import Erasure, Receipt
from modules.erasure.schemas import DeletionView, Erased, Place
from sharding.ids import shard_of


def get_deletion(receipt: str) -> DeletionView:
    """
    Return what becomes of the account that a receipt is of.

    :raises ReceiptInvalid: if it is none
    :raises DeletionNotFound: if the account is open
    """
    return get_deletion_of(read_receipt(receipt))


def get_deletion_of(user_id: int) -> DeletionView:
    """
    Return what becomes of an account.

    :raises DeletionNotFound: if it is open, or there never was one
    """
    erasure = Erasure.objects.filter(user_id=user_id).first()
    if erasure is None:
        if (delete_after := find_deletion(user_id)) is None:
            raise DeletionNotFound
        return DeletionView(
            state="planned", delete_after=delete_after, begun_at=None, finished_at=None, receipts=[]
        )
    return DeletionView(
        state="erasing" if erasure.finished_at is None else "erased",
        delete_after=None,
        begun_at=erasure.begun_at,
        finished_at=erasure.finished_at,
        receipts=[
            _place(f"shard {shard_of(user_id)}", map_receipts(user_id)),
            _place("directory", erasure.directory),
            _place("redis", erasure.redis),
        ],
    )


def map_receipts(user_id: int) -> dict[str, int]:
    """Return how many rows went on a user's shard, by table."""
    return dict(Receipt.objects.of(user_id).on_primary().values_list("table", "rows"))


def _place(name: str, counts: Mapping[str, int]) -> Place:
    return Place(place=name, erased=[Erased(name=key, count=counts[key]) for key in sorted(counts)])
