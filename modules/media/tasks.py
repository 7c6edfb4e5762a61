"""What media does after its own news and that of posts, and by the clock."""

from modules.kernel import clock
from modules.kernel.bus import periodic, subscribes
from modules.media.events import MediaDeleted, MediaEdited, MediaFailed, MediaReady, MediaUploaded

# They are registered where news is heard.
from modules.media.services import erasure, file_audits  # noqa: F401
from modules.media.services.media import delete_attached, put_tombstone, renew_card
from modules.media.services.processing import process_upload as process
from modules.media.services.processing import resume_processing as resume
from modules.media.services.purges import delete_files
from modules.media.services.purges import purge_orphans as purge
from modules.posts.events import PostDeleted
from sharding.scope import Once


@subscribes(MediaUploaded, queue="media", batch=1)
def process_upload(event: MediaUploaded, once: Once) -> None:
    """Make of an upload what is shown; whoever comes second finds it done or claimed."""
    process(event.owner_id, event.media_id, now=clock.now())


@subscribes(MediaReady)
def show_ready(event: MediaReady, once: Once) -> None:
    """Renew the card, in case the worker died or Redis was away; a repeat is harmless."""
    renew_card(event.media_id)


@subscribes(MediaFailed)
def show_failed(event: MediaFailed, once: Once) -> None:
    """Renew the card, in case the worker died or Redis was away; a repeat is harmless."""
    renew_card(event.media_id)


@subscribes(MediaEdited)
def show_edited(event: MediaEdited, once: Once) -> None:
    """Renew the card, in case the request died or Redis was away; a repeat is harmless."""
    renew_card(event.media_id)


@subscribes(MediaDeleted)
def bury_deleted(event: MediaDeleted, once: Once) -> None:
    """Put the tombstone again, in case the request died or Redis was away; a repeat is harmless."""
    put_tombstone(event.media_id, version=event.version)


@subscribes(MediaDeleted, queue="media")
def delete_files_of_deleted(event: MediaDeleted, once: Once) -> None:
    """Delete the files and have the CDN forget them; a repeat finds nothing."""
    delete_files(event.media_id)


@subscribes(PostDeleted)
def delete_with_post(event: PostDeleted, once: Once) -> None:
    """Delete what a deleted post showed, once."""
    delete_attached(event.author_id, event.post_id, once=once)


@periodic
def resume_processing() -> None:
    """Begin anew what a worker began and did not end."""
    resume(now=clock.now())


@periodic
def purge_orphans() -> None:
    """Delete what nothing shows a day after it was begun."""
    purge(now=clock.now())
