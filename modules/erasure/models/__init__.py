"""Tables of erasure."""

from modules.erasure.models.erasures import Erasure
from modules.erasure.models.receipts import Receipt

__all__ = ["Erasure", "Receipt"]
