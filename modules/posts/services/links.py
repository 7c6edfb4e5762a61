"""What a new post hangs on: the post it replies to and the one it quotes, looked at before it is written."""

from dataclasses import asdict
from typing import NamedTuple

from modules.graph import public as graph
from modules.graph.schemas import Viewer
from modules.kernel.errors import InputError
from modules.posts.errors import (
    LINK_REFUSALS,
    NotPublic,
    PostIsRepost,
    PostNotFound,
    RepliesClosed,
    ThreadTooDeep,
)
from modules.posts.events import PostShared, Replied, ReplyRemoved, ShareRemoved
from modules.posts.models import Post, Repost
from modules.posts.schemas import (
    MAX_DEPTH,
    PLAIN,
    QUOTE,
    REPLY_POLICIES,
    REPOST,
    NewPost,
    PostKey,
    PostRef,
    ReplyPolicy,
)
from modules.posts.selectors.cards import to_ref
from modules.posts.selectors.visibility import Visible, map_visible
from modules.profiles import public as profiles
from sharding import outbox
from sharding.scope import Once, writing_for

_REPLY, _QUOTE = "/reply_to", "/quote_of"


class Links(NamedTuple):
    """The columns of a post that replies to a post, or passes one on."""

    kind: int = PLAIN
    reply_to_id: int | None = None
    reply_to_author_id: int | None = None
    root_id: int | None = None
    root_author_id: int | None = None
    depth: int = 0
    original_id: int | None = None
    original_author_id: int | None = None

    @property
    def reply_to(self) -> PostRef | None:
        """Return what it replies to, as cards show it."""
        return to_ref(self.reply_to_id, self.reply_to_author_id)

    @property
    def original(self) -> PostRef | None:
        """Return what it passes on, as cards show it."""
        return to_ref(self.original_id, self.original_author_id)


NO_LINKS = Links()


def find_links(author_id: int, new: NewPost, *, once: Once | None) -> Links:
    """
    Return what a new post hangs on; of most that is nothing, and then nothing is read.

    Advisory: posts above may be deleted between this look and the write, and then the reply or quote stays,
    as it does when they are deleted later. A repeat of a request that was carried out is answered as it was,
    also if it would be refused by now.

    :raises AlreadyDone: with the first answer, if `once` was used before and it would be refused now
    :raises PostNotFound: if there is no such post, or none that the author may see
    :raises PostIsRepost: if it names a repost, which has nothing of its own
    :raises RepliesClosed: if whoever began the thread does not let them reply
    :raises ThreadTooDeep: if there are `MAX_DEPTH` posts above already
    :raises NotPublic: if what is quoted may not be seen by everybody
    """
    if new.reply_to is None and new.quote_of is None:
        return NO_LINKS
    try:
        return _find_links(graph.viewer_of(author_id), new)
    except LINK_REFUSALS:
        if once is not None:
            with writing_for(author_id, once=once):
                raise
        raise


def find_original(viewer: Viewer, post_id: int) -> PostKey:
    """
    Return what is passed on by whoever reposts this post: it, or what it reposts itself.

    :raises PostNotFound: if there is no such post, or none that they may see
    :raises NotPublic: if not everybody may see it
    """
    visible = map_visible([post_id], viewer=viewer)
    head = visible.require(post_id).head
    original = PostKey(post_id, head.author_id)
    if head.kind == REPOST:
        original = PostKey(head.original_id, head.original_author_id)
    _require_public(visible, original.post_id)
    return original


def announce_links(post_id: int, author_id: int, links: Links) -> None:
    """Announce that a new post replies or passes on, in the transaction of its row."""
    for event in _events(post_id, author_id, links):
        outbox.record(event)


def links_of(post: Post) -> Links:
    """Return what a row hangs on."""
    return Links(*(getattr(post, name) for name in Links._fields))


def end_links(post: Post) -> None:
    """Announce that a reply, repost or quote is gone, in the transaction that deletes its row."""
    for event in _events(post.id, post.author_id, links_of(post)):
        end = ReplyRemoved if isinstance(event, Replied) else ShareRemoved
        outbox.record(end(**asdict(event)))
    if post.kind == REPOST:
        Repost.objects.of(post.author_id).filter(original_id=post.original_id or 0, post_id=post.id).delete()


def _events(post_id: int, author_id: int, links: Links) -> list[Replied | PostShared]:
    events: list[Replied | PostShared] = []
    if links.reply_to_id and links.reply_to_author_id and links.root_id and links.root_author_id:
        events.append(
            Replied(
                post_id=post_id,
                author_id=author_id,
                parent_id=links.reply_to_id,
                parent_author_id=links.reply_to_author_id,
                root_id=links.root_id,
                root_author_id=links.root_author_id,
            )
        )
    if links.original_id and links.original_author_id:
        events.append(
            PostShared(
                post_id=post_id,
                author_id=author_id,
                original_id=links.original_id,
                original_author_id=links.original_author_id,
                kind=links.kind,
            )
        )
    return events


def _find_links(viewer: Viewer, new: NewPost) -> Links:
    links = NO_LINKS
    if new.reply_to is not None:
        links = _find_parent(viewer, new.reply_to)
    if new.quote_of is not None:
        visible = _require_own(viewer, new.quote_of, _QUOTE)
        _require_public(visible, new.quote_of, _QUOTE)
        author_id = visible.posts[new.quote_of].head.author_id
        links = links._replace(kind=QUOTE, original_id=new.quote_of, original_author_id=author_id)
    return links


def _find_parent(viewer: Viewer, parent_id: int) -> Links:
    _require_own(viewer, parent_id, _REPLY)
    # Of the primary: what a replica does not know yet may be replied to.
    parent = _find_row(parent_id)
    if parent is None:
        raise _not_found(_REPLY)
    root = parent if parent.root_id is None else _find_row(parent.root_id)
    if root is None:  # it was purged, and nobody is left to say who may
        raise RepliesClosed
    _require_open(viewer, root, parent)
    if parent.depth >= MAX_DEPTH:
        hint = f"At most {MAX_DEPTH} posts are above one; reply to one further up."
        raise ThreadTooDeep(errors=[InputError(_REPLY, ThreadTooDeep.code, hint)])
    return Links(
        reply_to_id=parent.id,
        reply_to_author_id=parent.author_id,
        root_id=root.id,
        root_author_id=root.author_id,
        depth=parent.depth + 1,
    )


def _find_row(post_id: int) -> Post | None:
    return next(iter(Post.objects.gather([post_id], on_primary=True)), None)


def _require_open(viewer: Viewer, root: Post, parent: Post) -> None:
    """Refuse whom the root's policy, which outlives it, does not let reply, or who may not see its author."""
    if root.author_id == viewer.id:
        return
    if root.author_id != parent.author_id and not profiles.map_cards([root.author_id], viewer=viewer):
        raise RepliesClosed
    if not _lets_reply(REPLY_POLICIES[root.reply_policy], root, viewer.id):
        raise RepliesClosed


def _lets_reply(policy: ReplyPolicy, root: Post, user_id: int) -> bool:
    if policy == "following":
        return user_id in graph.is_following(root.author_id, [user_id])
    if policy == "mentioned":
        return any(entity["user_id"] == user_id for entity in root.entities)
    return policy == "everyone"


def _require_own(viewer: Viewer, post_id: int, pointer: str) -> Visible:
    """Return a post that the viewer sees and that is no repost."""
    visible = map_visible([post_id], viewer=viewer)
    try:
        head = visible.require(post_id).head
    except PostNotFound:
        raise _not_found(pointer) from None
    if head.kind == REPOST:
        hint = f"Send {head.original_id}."
        raise PostIsRepost(errors=[InputError(pointer, PostIsRepost.code, hint)])
    return visible


def _require_public(visible: Visible, post_id: int, pointer: str | None = None) -> None:
    """Refuse what not everybody may see."""
    if not visible.is_public(post_id):
        hint = "Name a post that everybody may see."
        raise NotPublic(errors=_errors(pointer, NotPublic.code, hint))


def _not_found(pointer: str) -> PostNotFound:
    return PostNotFound(errors=_errors(pointer, PostNotFound.code, "Name a post that you may see."))


def _errors(pointer: str | None, code: str, detail: str) -> list[InputError]:
    return [InputError(pointer, code, detail)] if pointer else []
