"""Requests that wait for something new: where no thread is held for each, they are answered again."""

from typing import Final

from modules.accounts import public as accounts
from modules.kernel import clock
from modules.kernel.principals import Principal
from modules.realtime.selectors.updates import read_log, render_updates

# Where a view leaves word, in a request's environment, that its answer may wait; who serves it by a thread
# leaves it at that, and the answer is what there is.
WAITING: Final = "banyan.waiting"


class Waiting:
    """A request that has been answered with nothing, and may be answered anew within so many seconds."""

    def __init__(self, principal: Principal, key: str, *, since: int, seconds: int) -> None:
        """Keep who asks, by which credentials, and from where on."""
        self.user_id = principal.id
        self.seconds = seconds
        self._principal = principal
        self._key_hash = accounts.hash_key(key)
        self._since = since

    def read(self) -> bytes | None:
        """
        Return the answer as of now; None if there is still nothing, or the credentials have ended.

        :raises RedisUnavailable: if it cannot be read now
        :raises InstanceUnavailable: likewise
        """
        reading = read_log(self._principal, since=self._since)
        if reading.entries == [] or accounts.find_held(self._key_hash, now=clock.now()) is None:
            return None
        return render_updates(reading).json
