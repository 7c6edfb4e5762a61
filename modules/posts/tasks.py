"""What posts hears (its own news, for the other side and for what Redis keeps), and the clock."""

from collections.abc import Sequence

from modules.graph.events import WentPublic
from modules.kernel import clock
from modules.kernel.bus import Together, periodic, subscribes
from modules.posts.events import (
    BookmarksChanged,
    PostDeleted,
    PostEdited,
    PostShared,
    PostTagged,
    ReactionAdded,
    ReactionRemoved,
    ReactionsPurged,
    Replied,
    ReplyRemoved,
    ShareRemoved,
    TagsDue,
    TagsPurged,
    TagsRemoved,
)

# They are registered where news is heard.
from modules.posts.services import (  # noqa: F401
    audits,
    bookmark_audits,
    erasure,
    link_audits,
    reaction_audits,
    tag_audits,
)
from modules.posts.services.due_drafts import publish_due_drafts as publish_due
from modules.posts.services.edits import renew_card
from modules.posts.services.marks import cache_marks
from modules.posts.services.mirrors import receive_reply, receive_share
from modules.posts.services.posts import put_tombstone
from modules.posts.services.purges import forget_reactions_to
from modules.posts.services.purges import purge_deleted_posts as purge_deleted
from modules.posts.services.reactions_received import receive_reactions, renew_counts
from modules.posts.services.tag_news import announce_tags_of
from modules.posts.services.tags import count_tags, forget_old_tag_counts, forget_unused_tags, receive_tags
from sharding.ids import LAST_ID
from sharding.scope import Once


@subscribes(PostDeleted)
def bury_deleted(event: PostDeleted, once: Once) -> None:
    """Put the tombstone again, in case the request died or Redis was away; a repeat is harmless."""
    put_tombstone(event.post_id, version=event.version)


def mirror_reactions(news: Sequence[tuple[ReactionAdded | ReactionRemoved, Once]]) -> None:
    """Write one post's side of reactions and their count, each once, and have Redis show it."""
    renew_counts(news[0][0].post_id, receive_reactions(news))


# Of a post that everybody likes a task gets fifty at a time: one by one they would wait for its count.
@subscribes(ReactionAdded, queue="mirrors", together=Together("post_id", mirror_reactions))
def mirror_reaction(event: ReactionAdded, once: Once) -> None:
    """Write the post's side of a reaction and its count, once, and have Redis show it."""
    mirror_reactions([(event, once)])


@subscribes(ReactionRemoved, queue="mirrors", together=Together("post_id", mirror_reactions))
def mirror_removal(event: ReactionRemoved, once: Once) -> None:
    """Write the end of a reaction at the post and its count, once, and have Redis show it."""
    mirror_reactions([(event, once)])


@subscribes(ReactionAdded)
def refresh_marks_after_reaction(event: ReactionAdded, once: Once) -> None:
    """Have the cache know of a user's mark, should the request have died or Redis been away."""
    cache_marks(event.user_id, version=event.version)


@subscribes(ReactionRemoved)
def refresh_marks_after_removal(event: ReactionRemoved, once: Once) -> None:
    """Have the cache know that a mark is gone, should the request have died or Redis been away."""
    cache_marks(event.user_id, version=event.version)


@subscribes(BookmarksChanged)
def refresh_marks_after_bookmark(event: BookmarksChanged, once: Once) -> None:
    """Have the cache know of a bookmark, should the request have died or Redis been away."""
    cache_marks(event.user_id, version=event.version)


@subscribes(PostEdited)
def refresh_edited(event: PostEdited, once: Once) -> None:
    """Renew the cached card, in case the editing request died or Redis was away; a repeat is harmless."""
    renew_card(event.post_id)


@periodic
def publish_due_drafts() -> None:
    """Publish the drafts whose time has come."""
    publish_due(now=clock.now())


@subscribes(Replied, queue="mirrors")
def mirror_reply_in_thread(event: Replied, once: Once) -> None:
    """Note a reply under the root of its thread, once."""
    receive_reply(event, under_id=event.root_id, once=once)
    if event.parent_id == event.root_id:
        renew_counts(event.root_id)


@subscribes(Replied, queue="mirrors")
def mirror_reply_at_parent(event: Replied, once: Once) -> None:
    """Note a reply under the post it replies to, with its count, once; under a root it is already."""
    if event.parent_id != event.root_id:
        receive_reply(event, under_id=event.parent_id, once=once)
        renew_counts(event.parent_id)


@subscribes(ReplyRemoved, queue="mirrors")
def mirror_removal_in_thread(event: ReplyRemoved, once: Once) -> None:
    """Note under the root of its thread that a reply is gone, once."""
    receive_reply(event, under_id=event.root_id, once=once)
    if event.parent_id == event.root_id:
        renew_counts(event.root_id)


@subscribes(ReplyRemoved, queue="mirrors")
def mirror_removal_at_parent(event: ReplyRemoved, once: Once) -> None:
    """Note under the post it replied to that a reply is gone, and count it off, once."""
    if event.parent_id != event.root_id:
        receive_reply(event, under_id=event.parent_id, once=once)
        renew_counts(event.parent_id)


@subscribes(PostShared, queue="mirrors")
def mirror_share(event: PostShared, once: Once) -> None:
    """Note a repost or a quote at its original, with its count, once."""
    receive_share(event, once=once)
    renew_counts(event.original_id)


@subscribes(ShareRemoved, queue="mirrors")
def mirror_end_of_share(event: ShareRemoved, once: Once) -> None:
    """Note at its original that a repost or a quote is gone, and count it off, once."""
    receive_share(event, once=once)
    renew_counts(event.original_id)


@subscribes(PostTagged, queue="mirrors")
def mirror_tags(event: PostTagged, once: Once) -> None:
    """Note a post at each of its tags, once."""
    receive_tags(event, once=once)


@subscribes(TagsRemoved, queue="mirrors")
def mirror_end_of_tags(event: TagsRemoved, once: Once) -> None:
    """Note at each of these tags that a post has it no more, once."""
    receive_tags(event, once=once)


@subscribes(PostTagged)
def count_use_of_tags(event: PostTagged, once: Once) -> None:
    """Count in the directory that tags were used, once."""
    count_tags(event, now=clock.now(), once=once)


@subscribes(WentPublic)
def tag_what_was_private(event: WentPublic, once: Once) -> None:
    """Have the tags of somebody who went public found, the newest first."""
    announce_tags_of(event.user_id, before=LAST_ID, once=once)


@subscribes(TagsDue)
def tag_what_is_older(event: TagsDue, once: Once) -> None:
    """Have the next part of somebody's tags found."""
    announce_tags_of(event.author_id, before=event.before_id, once=once)


@periodic
def forget_tag_counts() -> None:
    """Forget how much tags were used long ago."""
    forget_old_tag_counts(now=clock.now())


@subscribes(ReactionsPurged, queue="mirrors")
def forget_purged_reactions(event: ReactionsPurged, once: Once) -> None:
    """Forget at those who reacted what they said of a post that is purged, once for each."""
    forget_reactions_to(event, once=once)


@subscribes(TagsPurged)
def forget_purged_tags(event: TagsPurged, once: Once) -> None:
    """Forget the words that no post has any more, once."""
    forget_unused_tags(event, once=once)


@periodic
def purge_deleted_posts() -> None:
    """Purge what is left of posts that were deleted long ago."""
    purge_deleted(now=clock.now())
