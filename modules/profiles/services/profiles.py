"""Making and editing profiles."""

from collections.abc import Collection
from typing import Any, Final

from django.db.models import F

from modules.accounts import public as accounts
from modules.graph.public import (
    PendingWithoutGoingPublic,
    UserNotFound,
    hide_counts,
    set_private,
    viewer_of,
)
from modules.kernel.cards import RenderedCard
from modules.kernel.derived import derived
from modules.kernel.errors import check_version
from modules.kernel.rendered import Rendered
from modules.media import public as media
from modules.media.schemas import Purpose
from modules.profiles.events import ProfileEdited
from modules.profiles.models import ACTIVE, CLOSED, Profile
from modules.profiles.schemas import EditProfile, MeView, UserHead
from modules.profiles.selectors.cards import USERS, render, render_users
from modules.profiles.selectors.users import build_me
from sharding import outbox
from sharding.scope import Once, writing_for

PICTURES: Final[tuple[Purpose, ...]] = ("avatar", "cover")


def create_profile(user_id: int, *, once: Once | None) -> None:
    """Make the profile of a new account, once; an account that is gone meanwhile gets none."""
    account = accounts.map_identities([user_id]).get(user_id)
    if account is None:
        return
    with writing_for(user_id, once=once):
        _ensure(user_id, account.username)


def edit_profile(user_id: int, edit: EditProfile, *, seen: Collection[int] | None = None) -> Rendered[MeView]:
    """
    Change what was sent of a user's own profile if it still is as the caller saw it, and announce it.

    The account is asked for its name in case the news of it has not made the profile yet.

    :raises Stale: if its version is none of those seen; None stands for any
    :raises UserNotFound: if the account is gone
    :raises PendingWithoutGoingPublic: if it says what becomes of requests, and does not go public
    :raises MediaUnfit: if a picture is not the user's own, not ready, or was uploaded for something else
    """
    changes = edit.model_dump(exclude_unset=True)
    if "pending" in changes and changes.get("is_private") is not False:
        raise PendingWithoutGoingPublic
    if (account := accounts.map_identities([user_id]).get(user_id)) is None:
        raise UserNotFound
    card = _apply(user_id, account.username, changes, seen)
    renew_card.now(user_id, card)
    return build_me(card, viewer=viewer_of(user_id))


def set_profile_visibility(user_id: int, *, is_active: bool, once: Once | None) -> None:
    """Show a user whose account was opened and hide one whose account was closed, once."""
    account = accounts.map_identities([user_id]).get(user_id)
    if account is None:
        return
    with writing_for(user_id, once=once):
        _ensure(user_id, account.username)
        profile = Profile.objects.of(user_id).select_for_update().get()
        version = profile.version + 1
        Profile.objects.of(user_id).update(status=ACTIVE if is_active else CLOSED, version=version)
        outbox.record(ProfileEdited(user_id=user_id, version=version))
    renew_card.now(user_id)


@derived(ProfileEdited)
def renew_card(user_id: int, card: RenderedCard[UserHead] | None = None) -> None:
    """
    Put the card of now into the cache, or the one just made; an older one there gives way, a newer one stays.

    One that was not renewed would show who is hidden.
    """
    USERS.put(render_users([user_id]) if card is None else {user_id: card})


def _apply(
    user_id: int, username: str, changes: dict[str, Any], seen: Collection[int] | None
) -> RenderedCard[UserHead]:
    with writing_for(user_id):
        _ensure(user_id, username)
        profile = Profile.objects.of(user_id).select_for_update().get()
        check_version(profile.version, seen)
        if not changes:
            return render(profile)
        if (hide := changes.pop("hide_counts", None)) is not None:
            hide_counts(user_id, hide)
        for purpose in PICTURES:
            if (field := f"{purpose}_id") in changes:
                changes[purpose] = _change_picture(profile, purpose, changes.pop(field))
        pending = changes.pop("pending", "keep")
        if "is_private" in changes:
            set_private(user_id, changes["is_private"], pending=pending)
        Profile.objects.of(user_id).update(version=F("version") + 1, **changes)
        profile = Profile.objects.of(user_id).get()
        outbox.record(ProfileEdited(user_id=user_id, version=profile.version))
    return render(profile)


def _change_picture(profile: Profile, purpose: Purpose, media_id: int | None) -> dict[str, Any] | None:
    """Have a profile show another picture, or none; return what its card needs of it."""
    shown = getattr(profile, purpose)
    if shown is not None and shown["media_id"] != media_id:
        media.drop_picture(profile.user_id, shown["media_id"])
    if media_id is None:
        return None
    return media.use_picture(profile.user_id, media_id, purpose=purpose, field=f"{purpose}_id")


def _ensure(user_id: int, username: str) -> None:
    """Make the profile unless it is there."""
    defaults = {"username": username, "display_name": username}
    Profile.objects.get_or_create(user_id=user_id, defaults=defaults)
