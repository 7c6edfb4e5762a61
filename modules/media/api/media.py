"""`/v1/media`: the caller's images and videos, whose bytes go to the storage and never through here."""

from modules.kernel import clock
from modules.kernel.errors import Stale
from modules.kernel.http import Request, View, endpoint
from modules.kernel.limits import LimitReached
from modules.kernel.rendered import Rendered
from modules.media.errors import (
    MediaInUse,
    MediaNotFound,
    MediaTooLarge,
    MediaUnfit,
    StorageUnavailable,
    UploadExpired,
    UploadMissing,
)
from modules.media.schemas import CreatedMedia, EditMedia, NewMedia, OwnMedia, UploadStatus
from modules.media.selectors.media import get_media
from modules.media.services.media import delete_media, edit_media
from modules.media.services.uploads import complete_upload, create_media


class Media(View):
    """The caller's media."""

    @endpoint(
        "create_media",
        scope="write:media",
        status=201,
        refuses=(MediaTooLarge, MediaUnfit, LimitReached),
    )
    def post(self, request: Request, body: NewMedia) -> CreatedMedia:
        """
        Announce an image or a video, and get a form by which to upload it.

        Send that form, its fields first and the file last, to `upload.url` within 15 minutes; it takes
        exactly that type and at most that many bytes. Then say that it is complete. An image may have 20 MB,
        a video 500. What no post, draft or profile shows is deleted after a day.
        """
        return create_media(request.user.id, body, now=clock.now(), once=request.once)


class OneMedia(View):
    """One of the caller's media."""

    @endpoint("get_media", scope="read:media", conditional=True, refuses=(MediaNotFound,))
    def get(self, request: Request, media_id: int) -> Rendered[OwnMedia]:
        """Show one of the caller's media, and how far its processing is."""
        return get_media(request.user.id, media_id)

    @endpoint(
        "edit_media",
        scope="write:media",
        conditional=True,
        condition_required=False,
        refuses=(MediaNotFound, Stale),
    )
    def patch(self, request: Request, media_id: int, body: EditMedia) -> Rendered[OwnMedia]:
        """
        Edit what is said of one's own media: its alternative text and its focus.

        What is left out stays as it is. Posts that show it say so at once; a profile says what it was when
        the picture was put there. With `If-Match` nothing is done if it has changed since the ETag that it
        names.
        """
        return edit_media(request.user.id, media_id, body, seen=request.seen)

    @endpoint("delete_media", scope="write:media", refuses=(MediaNotFound, MediaInUse))
    def delete(self, request: Request, media_id: int) -> None:
        """
        Delete one of the caller's media.

        A post that shows it goes without; what a profile shows has to be taken off there first. Addresses
        that were given out end as their files are deleted, within moments.
        """
        delete_media(request.user.id, media_id)


class UploadState(View):
    """How far an upload is."""

    @endpoint(
        "complete_upload",
        scope="write:media",
        status=202,
        refuses=(MediaNotFound, UploadMissing, UploadExpired, StorageUnavailable),
    )
    def put(self, request: Request, media_id: int, body: UploadStatus) -> Rendered[OwnMedia]:
        """
        Say that an upload is complete, and have it processed.

        It is checked to be there first. Said again, the same is answered. A post can show it from now on;
        when it is `ready`, or `failed`, it says so.
        """
        return complete_upload(request.user.id, media_id, now=clock.now())
