"""Editing and deleting media, and saying what shows them."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q

from modules.kernel.cards import RenderedCard
from modules.kernel.derived import derived
from modules.kernel.errors import InputError, check_version
from modules.kernel.rendered import Rendered
from modules.media.errors import MediaInUse, MediaNotFound, MediaUnfit
from modules.media.events import MediaDeleted, MediaEdited, MediaFailed, MediaReady
from modules.media.models import Media
from modules.media.schemas import (
    FOR_POST,
    PROCESSING,
    PURPOSES,
    READY,
    EditMedia,
    MediaHead,
    OwnMedia,
    Purpose,
)
from modules.media.selectors.cards import CARDS, render, render_media
from modules.media.selectors.media import render_own
from sharding import outbox
from sharding.ids import shard_of
from sharding.scope import Once, writing_for


def edit_media(
    owner_id: int, media_id: int, edit: EditMedia, *, seen: Collection[int] | None = None
) -> Rendered[OwnMedia]:
    """
    Change what is said of a user's own media if it still is as the caller saw it.

    :raises MediaNotFound: if they have no such media
    :raises Stale: if its version is none of those seen; None stands for any
    """
    with writing_for(owner_id):
        media = _lock(owner_id, media_id)
        check_version(media.version, seen)
        if changes := _find_changes(media, edit):
            _apply(media, changes)
    if changes:
        renew_card.now(media_id, render(media))
    return render_own(media)


def delete_media(owner_id: int, media_id: int) -> None:
    """
    Delete a user's own media; its files follow, and posts go without it.

    :raises MediaNotFound: if they have no such media
    :raises MediaInUse: if their profile shows it
    """
    with writing_for(owner_id):
        media = _lock(owner_id, media_id)
        if media.attached_to == owner_id:
            raise MediaInUse
        version = forget_media(media)
    put_tombstone.now(media_id, version=version)


def delete_attached(owner_id: int, holder_id: int, *, once: Once) -> None:
    """Delete what went with a post that is gone, once."""
    gone: dict[int, int] = {}
    with writing_for(owner_id, once=once):
        for media in Media.objects.of(owner_id).select_for_update().filter(attached_to=holder_id):
            gone[media.id] = forget_media(media)
    for media_id, version in gone.items():
        put_tombstone.now(media_id, version=version)


def forget_media(media: Media) -> int:
    """Delete a locked row in the open transaction and announce it; return its tombstone's version."""
    version = media.version + 1
    Media.objects.of(media.owner_id).filter(id=media.id).delete()
    # Of the media itself, as that of its upload: the audit of files asks whether it is under way.
    event = MediaDeleted(media_id=media.id, owner_id=media.owner_id, version=version)
    outbox.record(event, owner_id=media.id)
    return version


def attach_media(owner_id: int, media_ids: Sequence[int], *, to: int, held_by: int | None = None) -> None:
    """
    Say in the open transaction that a post or draft shows these; what `held_by` shows is taken over from it.

    :raises MediaUnfit: if one is unknown, somebody else's, not uploaded, failed, in use or not for posts
    """
    own = [id for id in media_ids if shard_of(id) == shard_of(owner_id)]
    free = Q(attached_to=None) if held_by is None else Q(attached_to=None) | Q(attached_to=held_by)
    fit = Media.objects.of(owner_id).filter(free, id__in=own, purpose=FOR_POST, state__in=(PROCESSING, READY))
    if fit.update(attached_to=to) != len(media_ids):
        hint = "Name media of your own that is uploaded, for posts, and shown nowhere else, each once."
        raise MediaUnfit(errors=[InputError("/media_ids", "media_unfit", hint)])


def release_media(owner_id: int, *, held_by: int, but: Collection[int] = ()) -> None:
    """Say in the open transaction that something shows no media any more, but for these."""
    held = Media.objects.of(owner_id).filter(attached_to=held_by)
    held.exclude(id__in=list(but)).update(attached_to=None)


def show_instead(owner_id: int, media_ids: Sequence[int], *, on: int) -> None:
    """
    Say in the open transaction that a post or draft shows these, and nothing else any more.

    What it showed before is anybody's again, and goes with the other orphans.

    :raises MediaUnfit: if one is unknown, somebody else's, not uploaded, failed, in use or not for posts
    """
    release_media(owner_id, held_by=on, but=media_ids)
    attach_media(owner_id, media_ids, to=on, held_by=on)


def list_held(owner_id: int, media_ids: Sequence[int], *, held_by: int) -> list[int]:
    """Return those of the media that something shows and that may still be shown, in their order."""
    if not media_ids:
        return []
    held = Media.objects.of(owner_id).filter(attached_to=held_by, state__in=(PROCESSING, READY))
    found = set(held.values_list("id", flat=True))
    return [id for id in media_ids if id in found]


def use_picture(user_id: int, media_id: int, *, purpose: Purpose, field: str) -> dict[str, Any]:
    """
    Say in the open transaction that a user's profile shows a picture; return what its card needs of it.

    :raises MediaUnfit: if it is unknown, somebody else's, not ready, or meant for something else
    """
    media = None
    if shard_of(media_id) == shard_of(user_id):
        media = Media.objects.of(user_id).select_for_update().filter(id=media_id).first()
    is_fit = media is not None and media.state == READY and media.purpose == PURPOSES.index(purpose)
    if media is None or not is_fit:
        hint = f"Name media of your own that is ready and was uploaded for this ({purpose})."
        raise MediaUnfit(errors=[InputError(f"/{field}", "media_unfit", hint)])
    Media.objects.of(user_id).filter(id=media_id).update(attached_to=user_id)
    return {
        "media_id": media.id,
        "alt": media.alt,
        "focus": None if media.focus_x is None else {"x": media.focus_x, "y": media.focus_y},
        "blurhash": media.blurhash or None,
        "keys": {each["name"]: each["key"] for each in media.variants if each["type"] == "image/webp"},
    }


def drop_picture(user_id: int, media_id: int) -> None:
    """Say in the open transaction that a user's profile does not show a picture any more."""
    Media.objects.of(user_id).filter(id=media_id, attached_to=user_id).update(attached_to=None)


@derived(MediaReady, MediaFailed, MediaEdited)
def renew_card(media_id: int, card: RenderedCard[MediaHead] | None = None) -> None:
    """
    Put the card of now into the cache, or the one just made; an older one there gives way, a newer one stays.

    One that was not renewed would show what is ready as missing.
    """
    CARDS.put(render_media([media_id], unavailable=None) if card is None else {media_id: card})


@derived(MediaDeleted)
def put_tombstone(media_id: int, *, version: int) -> None:
    """Put the tombstone over the card of what is gone."""
    CARDS.put_tombstone([media_id], version=version)


def _lock(owner_id: int, media_id: int) -> Media:
    """
    Return a locked row.

    :raises MediaNotFound: if the user has no such media
    """
    media = None
    if shard_of(media_id) == shard_of(owner_id):
        media = Media.objects.of(owner_id).select_for_update().filter(id=media_id).first()
    if media is None:
        raise MediaNotFound
    return media


def _find_changes(media: Media, edit: EditMedia) -> dict[str, Any]:
    """Return the columns that an edit changes, with their new values."""
    wanted: dict[str, Any] = {}
    if "alt" in edit.model_fields_set:
        wanted["alt"] = edit.alt
    if "focus" in edit.model_fields_set:
        wanted["focus_x"] = edit.focus.x if edit.focus else None
        wanted["focus_y"] = edit.focus.y if edit.focus else None
    return {name: value for name, value in wanted.items() if getattr(media, name) != value}


def _apply(media: Media, changes: dict[str, Any]) -> None:
    changes = {**changes, "version": media.version + 1}
    Media.objects.of(media.owner_id).filter(id=media.id).update(**changes)
    for name, value in changes.items():
        setattr(media, name, value)
    outbox.record(MediaEdited(media_id=media.id, owner_id=media.owner_id, version=media.version))
