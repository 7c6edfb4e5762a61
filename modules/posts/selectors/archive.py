"""What posts gives to a user's archive: their own words, and the ids of others' posts that they marked."""

from collections.abc import Iterator

from modules.kernel.archives import Entry, archived, at, in_pages, left_out, walk
from modules.posts.models import (
    AuthorCount,
    Bookmark,
    Draft,
    MarkCount,
    Post,
    PostCount,
    PostRevision,
    ReactionIn,
    ReactionOut,
    Repost,
    Share,
    Tag,
    TagPost,
    TagUse,
    ThreadEntry,
)
from modules.posts.schemas import AUDIENCES, KINDS, REPLY_POLICIES
from modules.posts.schemas.columns import REPOST

_POST = (
    "id", "kind", "text", "custom", "media_ids", "audience", "reply_policy", "reply_to_id", "root_id",
    "original_id", "pin_id", "version", "published_at", "edited_at",
)  # fmt: skip
_DRAFT = (
    "id", "text", "custom", "media_ids", "audience", "reply_policy", "reply_to_id", "quote_of_id",
    "publish_at", "refused_by", "created_at", "edited_at",
)  # fmt: skip


@archived("posts.json", of=[Post, PostCount], about="What you have written: posts, replies and quotes.")
def read_posts(user_id: int) -> Iterator[Entry]:
    """Yield the posts of a user that are not deleted, with what is counted of each."""
    rows = Post.objects.of(user_id).filter(deleted_at=None).exclude(kind=REPOST)
    for page in in_pages(walk(rows, *_POST, by="id")):
        counts = {row.post_id: row for row in PostCount.objects.gather([int(each["id"]) for each in page])}
        for entry in page:
            counted = counts.get(int(entry["id"]))
            yield {
                **_named(entry),
                "kind": KINDS[entry["kind"]],
                "is_pinned": entry["pin_id"] is not None,
                "counts": {
                    "reactions": counted.reactions if counted else {},
                    "replies": counted.replies if counted else 0,
                    "reposts": counted.reposts if counted else 0,
                    "quotes": counted.quotes if counted else 0,
                },
            }


@archived("post_revisions.json", of=[PostRevision], about="What your posts said before you edited them.")
def read_revisions(user_id: int) -> Iterator[Entry]:
    """Yield earlier bodies of the posts that are not deleted."""
    shown = ("post_id", "version", "text", "custom", "media_ids", "written_at")
    for page in in_pages(walk(PostRevision.objects.of(user_id), *shown)):
        ids = {int(entry["post_id"]) for entry in page}
        live = Post.objects.of(user_id).filter(id__in=ids, deleted_at=None).values_list("id", flat=True)
        kept = {str(id) for id in live}
        yield from (entry for entry in page if entry["post_id"] in kept)


@archived("drafts.json", of=[Draft], about="What you have not published yet, and when it shall be.")
def read_drafts(user_id: int) -> Iterator[Entry]:
    """Yield drafts and scheduled posts."""
    for entry in walk(Draft.objects.of(user_id).filter(post_id=None), *_DRAFT, by="id"):
        yield _named(entry)


@archived("reposts.json", of=[Repost], about="What you have reposted.")
def read_reposts(user_id: int) -> Iterator[Entry]:
    """Yield what a user passes on, by id."""
    for entry in walk(Repost.objects.of(user_id), "post_id", "original_id"):
        yield {**entry, "reposted_at": at(entry["post_id"])}


@archived("reactions.json", of=[ReactionOut], about="Your reactions to posts.")
def read_reactions(user_id: int) -> Iterator[Entry]:
    """Yield a user's reactions, with the id of each post."""
    for entry in walk(ReactionOut.objects.of(user_id), "post_id", "type", "edge_id"):
        yield {"post_id": entry["post_id"], "type": entry["type"], "reacted_at": at(entry["edge_id"])}


@archived("bookmarks.json", of=[Bookmark], about="Posts that you keep for yourself.")
def read_bookmarks(user_id: int) -> Iterator[Entry]:
    """Yield a user's bookmarks, with the id of each post."""
    for entry in walk(Bookmark.objects.of(user_id), "post_id", "bookmark_id"):
        yield {"post_id": entry["post_id"], "bookmarked_at": at(entry["bookmark_id"])}


def _named(entry: Entry) -> Entry:
    """Return a post or a draft with words for its codes."""
    return {
        **{name: value for name, value in entry.items() if name != "pin_id"},
        "audience": AUDIENCES[entry["audience"]],
        "reply_policy": REPLY_POLICIES[entry["reply_policy"]],
    }


left_out(AuthorCount, MarkCount, because="They count what is there.")
left_out(ReactionIn, Share, ThreadEntry, because="What others did is theirs; each post says how much it is.")
left_out(Tag, TagPost, because="Tags are nobody's; a post's are in its text.")
left_out(TagUse, because="It holds for a day which tags were counted, and they are in the posts.")
