"""Who holds sockets open in this process, and how they are cut off."""

from collections.abc import Iterator
from typing import Final, Protocol, TypeVar

import structlog
from django.conf import settings

from modules.realtime.services.tickets import Bearer

log = structlog.get_logger(__name__)

# Close codes of our own; others are RFC 6455's.
ENDED, SLOW_READER, TOO_MUCH = 4401, 4408, 4429
POLICY, RESTART, TRY_LATER = 1008, 1012, 1013
_CODES: Final = (ENDED, SLOW_READER, TOO_MUCH, POLICY, RESTART, TRY_LATER)


K = TypeVar("K")


class Holder(Protocol):
    """A socket, or whatever else is cut off with the credentials it came by."""

    @property
    def bearer(self) -> Bearer | None:
        """Return who holds it, once that is known."""

    def cut(self, code: int, reason: str) -> None:
        """Close it at once, and let nothing more go out."""

    def look_again(self) -> None:
        """Ask again whether its credentials and topics are good."""


class Registry:
    """The sockets of a process."""

    def __init__(self) -> None:
        """Know nobody yet."""
        # Whether the process is about to end, and takes nobody more.
        self.is_leaving = False
        # Frames sent, and sockets closed by code, since the process began.
        self.frames = 0
        self.closed = dict.fromkeys(_CODES, 0)
        self._all: dict[Holder, None] = {}
        self._by_user: dict[int, set[Holder]] = {}
        self._by_revocation: dict[str, set[Holder]] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._all)

    def __iter__(self) -> Iterator[Holder]:
        """Yield all of them."""
        return iter(list(self._all))

    @property
    def user_ids(self) -> list[int]:
        """Return whose they are."""
        return list(self._by_user)

    def begin(self, holder: Holder) -> bool:
        """Note one whose holder is not known yet; False if there is no room for it."""
        if self.is_leaving or len(self._all) >= settings.REALTIME.sockets:
            return False
        self._all[holder] = None
        return True

    def admit(self, holder: Holder, bearer: Bearer) -> bool:
        """Note whose one is; False if its user has as many as they may."""
        its = self._by_user.setdefault(bearer.user_id, set())
        if len(its) >= settings.REALTIME.sockets_per_user:
            return False
        its.add(holder)
        self._by_revocation.setdefault(bearer.revocation_id, set()).add(holder)
        return True

    def leave(self, holder: Holder) -> None:
        """Forget one."""
        self._all.pop(holder, None)
        if (bearer := holder.bearer) is None:
            return
        _discard(self._by_user, bearer.user_id, holder)
        _discard(self._by_revocation, bearer.revocation_id, holder)

    def hear_revocation(self, message: bytes) -> None:
        """Cut off whom a revocation concerns (accounts' `REVOCATIONS`)."""
        word, *rest = message.decode(errors="replace").split()
        concerned: set[Holder] = set()
        if word == "ended":
            for revocation_id in rest:
                concerned |= self._by_revocation.get(revocation_id, set())
        elif word == "epoch" and len(rest) == 2 and all(part.isdigit() for part in rest):
            user_id, epoch = map(int, rest)
            concerned = {
                holder
                for holder in self._by_user.get(user_id, ())
                if holder.bearer is not None and holder.bearer.principal.epoch < epoch
            }
        for holder in concerned:
            holder.cut(ENDED, "the credentials have ended")

    def look_again(self, most: int | None = None) -> None:
        """Have credentials looked at again, of all or the next: news of their end may have been missed."""
        for holder in list(self._all)[:most]:
            # To the end: whoever was looked at last comes last again.
            self._all[holder] = self._all.pop(holder)
            holder.look_again()


def _discard(groups: dict[K, set[Holder]], key: K, holder: Holder) -> None:
    """Take one out of its group, and the group away with the last one."""
    if (group := groups.get(key)) is not None:
        group.discard(holder)
        if not group:
            del groups[key]


registry: Final = Registry()
