"""
Drafts: written, edited, and published once, by their author or by the clock (due_drafts.py).

Whoever publishes one locks its row and marks it in the transaction of the post, so that it happens once
whatever dies, and however often the clock ticks. The post's id is minted there: that is its place in lists.
What it replies to or quotes is looked at before, outside of the transaction, for it may lie on any shard; if
its author has named other posts since, it is looked at again.
"""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from modules.kernel.derived import follow_now
from modules.kernel.errors import InputError
from modules.media import public as media
from modules.posts.errors import (
    DraftCapReached,
    DraftNotFound,
    PostNotFound,
    PublishAtOutOfRange,
)
from modules.posts.events import PostPublished
from modules.posts.models import AuthorCount, Draft, Post
from modules.posts.schemas import (
    AUDIENCES,
    REPLY_POLICIES,
    DraftCard,
    EditDraft,
    NewDraft,
    NewPost,
    PostCard,
    PostContent,
    PostEntity,
)
from modules.posts.selectors.cards import to_card
from modules.posts.selectors.drafts import to_draft_card
from modules.posts.services.entities import find_entities
from modules.posts.services.links import NO_LINKS, Links, find_links
from modules.posts.services.posts import insert_post, require_content
from sharding.scope import Once, Write, writing_for

MAX_DRAFTS: Final = 100
SOONEST: Final = timedelta(minutes=1)
LATEST: Final = timedelta(days=365)
# As long as a repeat may come to ask what a draft was published as.
_REMEMBERED: Final = timedelta(days=7)


class Looked(NamedTuple):
    """What a draft that names these posts hangs on, as they were looked at, or the code why it must not."""

    reply_to_id: int | None
    quote_of_id: int | None
    links: Links
    refused_by: str = ""

    def is_of(self, draft: Draft) -> bool:
        """Return whether a draft names these posts, and no others since."""
        return (draft.reply_to_id, draft.quote_of_id) == (self.reply_to_id, self.quote_of_id)


# Most drafts name no post: nothing is looked at.
UNLINKED: Final = Looked(None, None, NO_LINKS)


def create_draft(author_id: int, new: NewDraft, *, now: datetime, once: Once | None) -> DraftCard:
    """
    Keep a draft, which is published at its time if it has one.

    :raises AlreadyDone: with the first answer, if `once` was used before
    :raises DraftCapReached: if the author has a hundred; TooManyEntities: as in publishing
    :raises PublishAtOutOfRange: if its time is too near or too far
    :raises PostEmpty: if it has neither text nor media
    :raises PostNotFound: if it replies to or quotes what the author may not see; refusals of `find_links`
    :raises MediaUnfit: if the author cannot show one of its media
    """
    _check_time(new.publish_at, now)
    require_content(new.text, new.media_ids)
    entities = find_entities(new.text)
    find_links(author_id, new, once=once)
    with writing_for(author_id, once=once) as write:
        _check_room(author_id, now)
        draft = Draft.objects.create(
            author_id=author_id,
            text=new.text,
            entities=[entity.model_dump() for entity in entities],
            audience=AUDIENCES.index(new.audience),
            custom=new.custom,
            reply_policy=REPLY_POLICIES.index(new.reply_policy),
            reply_to_id=new.reply_to,
            quote_of_id=new.quote_of,
            media_ids=new.media_ids,
            publish_at=new.publish_at,
            try_after=new.publish_at,
            created_at=now,
        )
        if new.media_ids:
            media.attach_media(author_id, new.media_ids, to=draft.id)
        card = to_draft_card(draft)
        write.answer(201, card.json_bytes())
    return card


def edit_draft(author_id: int, draft_id: int, edit: EditDraft, *, now: datetime) -> DraftCard:
    """
    Change what was sent of a user's own draft.

    :raises DraftNotFound: if they have no such draft, or it was published
    :raises PublishAtOutOfRange: if its time is too near or too far; TooManyEntities: as in publishing
    :raises PostNotFound: if it is to reply to or quote what they may not see; refusals of `find_links`
    :raises PostEmpty: if it would have neither text nor media; MediaUnfit: if one cannot be shown
    """
    changes: dict[str, Any] = edit.model_dump(exclude_unset=True)
    named = {f"{name}_id": changes.pop(name) for name in ("reply_to", "quote_of") if name in changes}
    if any(named.values()):
        find_links(author_id, _naming(named.get("reply_to_id"), named.get("quote_of_id")), once=None)
    if "publish_at" in changes:
        _check_time(edit.publish_at, now)
        changes["try_after"] = edit.publish_at
    if "text" in changes:
        changes["entities"] = [entity.model_dump() for entity in find_entities(edit.text)]
    if "audience" in changes:
        changes["audience"] = AUDIENCES.index(edit.audience)
    if "reply_policy" in changes:
        changes["reply_policy"] = REPLY_POLICIES.index(edit.reply_policy)
    with writing_for(author_id):
        if (
            not Draft.objects.of(author_id)
            .filter(id=draft_id, post_id=None)
            .update(edited_at=now, refused_by="", refused_at=None, **named, **changes)
        ):
            raise DraftNotFound
        if "media_ids" in changes:
            media.show_instead(author_id, edit.media_ids, on=draft_id)
        draft = Draft.objects.of(author_id).get(id=draft_id)
        if not changes.keys().isdisjoint(("text", "media_ids")):
            require_content(draft.text, draft.media_ids)
    return to_draft_card(draft)


def delete_draft(author_id: int, draft_id: int) -> None:
    """
    Delete a user's own draft.

    :raises DraftNotFound: if they have no such draft, or it was published
    """
    with writing_for(author_id):
        deleted, _ = Draft.objects.of(author_id).filter(id=draft_id, post_id=None).delete()
        media.release_media(author_id, held_by=draft_id)
    if not deleted:
        raise DraftNotFound


def publish_draft(author_id: int, draft_id: int, *, now: datetime) -> PostCard:
    """
    Publish a user's own draft now, whatever its time; published before, the same post is returned.

    :raises DraftNotFound: if they have no such draft; PostNotFound: if its post was deleted meanwhile, or it
        replies to or quotes what they may see no longer; refusals of `find_links`
    :raises PostEmpty: if it was to show media alone, and none of them is to be had any more
    """
    looked = UNLINKED
    while True:
        with writing_for(author_id) as write:
            draft = Draft.objects.of(author_id).select_for_update().filter(id=draft_id).first()
            if draft is None:
                raise DraftNotFound
            if draft.post_id is not None:
                post = Post.objects.of(author_id).filter(id=draft.post_id, deleted_at=None).first()
                if post is None:
                    raise PostNotFound
                return to_card(post)
            if looked.is_of(draft):
                published, card = publish_locked(write, draft, looked.links, now)
                break
        looked = look(draft)
    follow_now(published)
    return card


def _naming(reply_to: int | None, quote_of: int | None) -> NewPost:
    """Return so much of a post as `find_links` looks at."""
    return NewPost.model_construct(text="", reply_to=reply_to, quote_of=quote_of)


def look(draft: Draft) -> Looked:
    """Return what a draft hangs on as of now; outside of any transaction, for it may lie on any shard."""
    named = _naming(draft.reply_to_id, draft.quote_of_id)
    return Looked(named.reply_to, named.quote_of, find_links(draft.author_id, named, once=None))


def publish_locked(write: Write, draft: Draft, links: Links, now: datetime) -> tuple[PostPublished, PostCard]:
    """
    Make the post of a locked draft, as it was checked when it was written, and mark the draft.

    :raises PostEmpty: if it was to show media alone, and none of them is to be had any more
    """
    new = PostContent.model_construct(
        text=draft.text,
        audience=AUDIENCES[draft.audience],
        custom=draft.custom,
        reply_policy=REPLY_POLICIES[draft.reply_policy],
        # What failed or was deleted meanwhile keeps nobody from publishing the rest.
        media_ids=media.list_held(draft.author_id, draft.media_ids, held_by=draft.id),
    )
    require_content(new.text, new.media_ids)
    entities = [PostEntity(**entity) for entity in draft.entities]
    published, card = insert_post(write, new, entities, now=now, links=links, draft_id=draft.id)
    # What it said stands in the post, which may be deleted: nothing of it stays here.
    Draft.objects.of(draft.author_id).filter(id=draft.id).update(
        post_id=card.id,
        text="",
        entities=[],
        custom={},
        reply_to_id=None,
        quote_of_id=None,
        media_ids=[],
        publish_at=None,
        try_after=None,
        edited_at=now,
    )
    return published, card


def _check_time(publish_at: datetime | None, now: datetime) -> None:
    if publish_at is not None and not now + SOONEST <= publish_at <= now + LATEST:
        hint = "Send a time at least a minute and at most 365 days ahead, or null."
        raise PublishAtOutOfRange(errors=[InputError("/publish_at", "out_of_range", hint)])


def _check_room(author_id: int, now: datetime) -> None:
    """Forget what was published long ago, and see whether there is room for one more, under a lock."""
    AuthorCount.objects.get_or_create(author_id=author_id, defaults={"posts": 0})
    AuthorCount.objects.of(author_id).select_for_update().get()
    drafts = Draft.objects.of(author_id)
    drafts.filter(post_id__isnull=False, edited_at__lt=now - _REMEMBERED).delete()
    if drafts.filter(post_id=None).count() >= MAX_DRAFTS:
        raise DraftCapReached
