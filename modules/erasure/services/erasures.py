"""
Erasing accounts: begun by the clock when a log-in can no longer take it back, and resumed until all is gone.

A part is a transaction, counted in it. Whoever dies is followed by the clock, which begins the stage anew;
what it finds deleted it does not count again. Nothing goes on while a database is away that may hold any.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

import structlog
from django.db.models import F, Q

from modules.accounts.public import (
    AccountNotFound,
    NotErasable,
    begin_erasure,
    erase_account,
    forget_held_names,
    link_to,
    list_erasable,
)
from modules.erasure.models import Erasure
from modules.erasure.schemas import Stage
from modules.kernel.redis.naming import drop_naming
from sharding import erasing, outages
from sharding.erasing import PART, Phase
from sharding.scope import require_binding, writing_directory, writing_for

BATCH: Final = 100
# A worker has one alone for so long; longer than a task may run.
LEASE: Final = timedelta(minutes=2)
# What one run of the clock may take; its task ends after a minute, whatever it does.
RUN_S: Final = 40.0
# So many looks in a row must find no news under way: what one database still had may go to another meanwhile.
QUIET_LOOKS: Final = 2
_TALLY: Final = """
    INSERT INTO erasure_receipt AS known (user_id, "table", rows, last_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (user_id, "table") DO UPDATE
    SET rows = known.rows + excluded.rows, last_at = excluded.last_at"""

log = structlog.get_logger(__name__)


def begin_due_erasures(*, now: datetime) -> int:
    """Begin the erasure of accounts that their users closed long enough ago; return how many. Idempotent."""
    forget_held_names(now=now)
    begun = 0
    while user_ids := list_erasable(now=now, limit=BATCH):
        here = sum(_begin_alone(user_id, now=now) for user_id in user_ids)
        if not here:
            break
        begun += here
    return begun


def begin(user_id: int, *, now: datetime, at_once: bool = False) -> None:
    """
    Begin an account's erasure, with the row that says how far it is.

    :raises AccountNotFound: if there is no such account
    :raises NotErasable: if it is not due; `at_once` closes it first, whoever wished it
    """
    with writing_directory(owner_id=user_id):
        begin_erasure(user_id, now=now, at_once=at_once)
        Erasure.objects.create(user_id=user_id, begun_at=now)


def resume_erasures(*, now: datetime, within: float = RUN_S) -> int:
    """
    Go on with all erasures that nobody is at, as far as they come now; return how many were finished.

    What is away holds up those that need it, and nobody else.
    """
    ends, finished = monotonic() + within, 0
    claimed = _claim(now)
    for place, user_id in enumerate(claimed):
        if monotonic() > ends:
            # Whose turn did not come is first in the next run.
            _release(claimed[place:], None)
            break
        try:
            finished += _go_on(user_id, now=now, until=ends)
        except Exception as error:
            # One that cannot go on keeps no other from it; it comes round again.
            if (server := outages.server_of(error)) is None:
                log.exception("erasure_failed")
            else:
                outages.met(server, error)
    return finished


def advance(user_id: int, *, now: datetime) -> bool:
    """
    Take one erasure through the stage it is in, if that can be ended now; return whether all is done.

    May be repeated, and by two at once: what one has deleted the other does not find.

    :raises InstanceUnavailable: if a database that may hold something is away
    :raises RedisUnavailable: if a Redis is
    """
    erasure = Erasure.objects.get(user_id=user_id)
    match erasure.stage:
        case Stage.TELLING:
            told = _take_steps(user_id, Phase.TOLD, now)
            _pass_if_quiet(erasure, Stage.DELETING, is_clean=not told)
        case Stage.DELETING:
            _take_steps(user_id, Phase.SETTLED, now)
            _delete_owned(user_id, now)
            _pass(erasure, Stage.FORGETTING)
        case Stage.FORGETTING:
            _forget(erasure, now)
        case Stage.CLEARING:
            left = _delete_owned(user_id, now)
            if _pass_if_quiet(erasure, Stage.FINISHED, is_clean=not left):
                _finish(erasure, now)
    return Erasure.objects.filter(user_id=user_id, finished_at__isnull=False).exists()


def _go_on(user_id: int, *, now: datetime, until: float) -> bool:
    """Advance one erasure as long as it moves and there is time; return whether all is done."""
    while monotonic() < until:
        if advance(user_id, now=now):
            return True
        if not _is_moving(user_id):
            # What waits for news is free again for the next run, after all others.
            _release([user_id], now)
            return False
    return False


def _begin_alone(user_id: int, *, now: datetime) -> bool:
    try:
        begin(user_id, now=now)
    except (AccountNotFound, NotErasable):  # a log-in, or another worker, was first
        return False
    return True


def _claim(now: datetime) -> list[int]:
    """Return the erasures that nobody is at, which nobody else gets for a while."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    with writing_directory():
        # Who had no turn for longest comes first, so that those who are stuck keep nobody else from theirs.
        turns = F("claimed_until").asc(nulls_first=True), "begun_at"
        rows = Erasure.objects.filter(free, finished_at=None, begun_at__lte=now).order_by(*turns)
        ids = list(rows.select_for_update(skip_locked=True).values_list("user_id", flat=True)[:BATCH])
        Erasure.objects.filter(user_id__in=ids).update(claimed_until=now + LEASE)
    return ids


def _is_moving(user_id: int) -> bool:
    """Return whether there is anything to do at once."""
    erasure = Erasure.objects.get(user_id=user_id)
    return erasure.stage in (Stage.DELETING, Stage.FORGETTING) or erasure.quiet_looks > 0


def _release(user_ids: list[int], until: datetime | None) -> None:
    """Let claims go; when they ended says who comes first."""
    with writing_directory():
        Erasure.objects.filter(user_id__in=user_ids).update(claimed_until=until)


def _take_steps(user_id: int, phase: Phase, now: datetime) -> int:
    """Take all steps of a phase to their ends, a part in a transaction; return how many rows they ended."""
    ended = 0
    for step in erasing.steps(phase):
        while True:
            with writing_for(user_id):
                counts = step.run(user_id, PART)
                _tally(user_id, counts, now)
            if not counts:
                break
            ended += sum(counts.values())
    return ended


def _delete_owned(user_id: int, now: datetime) -> int:
    """Delete all rows that are the user's, table by table, a part in a transaction; return how many."""
    return sum(count for owned in erasing.owned_tables() for count in _delete_from(owned, user_id, now))


def _delete_from(owned: erasing.Owned, user_id: int, now: datetime) -> Iterator[int]:
    count = PART
    while count == PART:
        with writing_for(user_id):
            count = owned.delete(user_id, PART)
            _tally(user_id, {owned.table: count}, now)
        yield count


def _tally(user_id: int, counts: Mapping[str, int], now: datetime) -> None:
    """Count in the open transaction what it has deleted."""
    with require_binding().connection.cursor() as cursor:
        for table, count in sorted(counts.items()):
            if table and count:
                cursor.execute(_TALLY, [user_id, table, count, now])


def _pass(erasure: Erasure, stage: Stage, **changes: object) -> None:
    with writing_directory():
        rows = Erasure.objects.filter(user_id=erasure.user_id, stage=erasure.stage)
        rows.update(stage=stage, quiet_looks=0, **changes)


def _pass_if_quiet(erasure: Erasure, stage: Stage, *, is_clean: bool) -> bool:
    """Go on to a stage once nothing was left and no news was under way, so many times in a row."""
    looks = erasure.quiet_looks + 1 if is_clean and not erasing.count_news_of(erasure.user_id) else 0
    if looks >= QUIET_LOOKS:
        if stage != Stage.FINISHED:
            _pass(erasure, stage)
        return True
    with writing_directory():
        Erasure.objects.filter(user_id=erasure.user_id, stage=erasure.stage).update(quiet_looks=looks)
    return False


def _forget(erasure: Erasure, now: datetime) -> None:
    """Delete the account, and note in the same transaction what went."""
    user_id = erasure.user_id
    with writing_directory(owner_id=user_id):
        # Nothing of an account that is gone: whoever came before has noted it.
        if went := erase_account(user_id, link=link_to(user_id), now=now):
            Erasure.objects.filter(user_id=user_id).update(directory=went)
        _pass(erasure, Stage.CLEARING)


def _finish(erasure: Erasure, now: datetime) -> None:
    _pass(erasure, Stage.FINISHED, redis=drop_naming(erasure.user_id), finished_at=now, claimed_until=None)
    log.info("erasure_finished", seconds=round((now - erasure.begun_at).total_seconds()))
