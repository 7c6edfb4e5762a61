"""What exports does after its own news and that of accounts, and by the clock."""

from modules.accounts.events import AccountStatusChanged
from modules.exports.events import ExportEnded, ExportRequested
from modules.exports.services import file_audits  # noqa: F401 - they are registered where news is heard
from modules.exports.services.making import TIME_LIMIT
from modules.exports.services.making import make_export as make
from modules.exports.services.making import resume_exports as resume
from modules.exports.services.requests import end_all
from modules.exports.services.sweeps import forget_expired
from modules.kernel import clock
from modules.kernel.bus import periodic, subscribes
from modules.media import public as media
from sharding.scope import Once


@subscribes(ExportRequested, queue="exports", batch=1, time_limit=TIME_LIMIT)
def make_export(event: ExportRequested, once: Once) -> None:
    """Make it; whoever comes second finds it done or claimed."""
    make(event.user_id, event.export_id, now=clock.now())


@subscribes(ExportEnded)
def delete_files_of_ended(event: ExportEnded, once: Once) -> None:
    """Delete the files, in case the request died or the storage was away; a repeat finds nothing."""
    media.delete_downloads(event.export_id)


@subscribes(AccountStatusChanged)
def end_exports_of_closed(event: AccountStatusChanged, once: Once) -> None:
    """Delete what a closed account has exported; a repeat finds nothing."""
    if not event.is_active:
        end_all(event.user_id)


@periodic
def resume_exports() -> None:
    """Begin anew what a worker began and did not end."""
    resume(now=clock.now())


@periodic
def forget_old_exports() -> None:
    """Delete exports whose time is over."""
    forget_expired(now=clock.now())
