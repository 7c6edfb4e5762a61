"""What mailings gives to a user's archive: what they want mailed, and when."""

from collections.abc import Iterator

from modules.kernel.archives import Entry, archived
from modules.mailings.models import Subscription
from modules.mailings.selectors.subscriptions import get_mailings


@archived("mailings.json", of=[Subscription], about="Which digests and letters you want mailed.")
def read_mailings(user_id: int) -> Iterator[Entry]:
    """Yield what a user has chosen."""
    yield get_mailings(user_id).model_dump(mode="json")
