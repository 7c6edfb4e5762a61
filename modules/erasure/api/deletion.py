"""`/v1/me/deletion`: what becomes of an account that its user closed, for whoever has the receipt."""

from modules.accounts.public import ReceiptInvalid
from modules.erasure.errors import DeletionNotFound
from modules.erasure.schemas import DeletionView, ReceiptQuery
from modules.erasure.selectors.deletions import get_deletion
from modules.kernel.http import Request, View, endpoint


class MyDeletion(View):
    """The deletion of an account."""

    tag = "profiles"

    @endpoint("get_deletion", public=True, refuses=(ReceiptInvalid, DeletionNotFound))
    def get(self, request: Request, query: ReceiptQuery) -> DeletionView:
        """
        Say what becomes of an account that its user closed, and in the end what went, by place and table.

        Nobody is logged in then: to log in takes the deletion back. So the receipt is all that is asked for.
        """
        return get_deletion(query.receipt)
