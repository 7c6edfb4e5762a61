"""
Who may see a post: every read of posts by id passes here, and what the viewer may not see is absent.

A post whose author the viewer may not see, or who is not there, is absent just as one that never was. The
cards of the authors, which say so, are needed beside the posts anyway: nothing more is asked.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import NamedTuple

from modules.graph.schemas import PUBLIC_VIEWER, Viewer
from modules.kernel import cards
from modules.kernel.cards import Loaded, RenderedCard
from modules.media.schemas import MEDIA
from modules.posts.errors import PostNotFound
from modules.posts.schemas import FOLLOWERS, MENTIONED, PUBLIC, REPOST, PostHead
from modules.posts.selectors.cards import POSTS
from modules.posts.selectors.post_counts import COUNTS
from modules.posts.selectors.states import PageState
from modules.profiles import public as profiles
from modules.profiles.schemas import USER, UserHead
from sharding.scatter import Unavailable


class Visible(NamedTuple):
    """
    What a viewer may see: posts in the order asked, and the finished cards of their authors among `users`.

    Of the `unavailable`, posts and users by id, nobody can tell now whether they may; of a post that is here
    all the same, what is counted. Whose posts are not for the viewer, though they may see the user, is among
    `closed`: private accounts that they do not follow. What posts repost or quote is among the `originals`.
    """

    posts: dict[int, RenderedCard[PostHead]]
    users: dict[int, bytes]
    unavailable: Unavailable
    closed: frozenset[int] = frozenset()
    originals: Mapping[int, RenderedCard[PostHead]] = MappingProxyType({})
    # Before all whom the posts name: their authors, originals' authors, and who was replied to.
    viewer: Viewer = PUBLIC_VIEWER
    # The authors, with the heads by which it was decided.
    people: Mapping[int, RenderedCard[UserHead]] = MappingProxyType({})

    def is_public(self, post_id: int) -> bool:
        """Return whether everybody may see a post that the viewer may, asked for here or an original."""
        head = (self.posts.get(post_id) or self.originals[post_id]).head
        author = profiles.select_visible(
            {head.author_id: self.people[head.author_id]}, viewer=PUBLIC_VIEWER
        ).get(head.author_id)
        return author is not None and allows(PUBLIC_VIEWER, head, author.head)

    def require(self, post_id: int) -> RenderedCard[PostHead]:
        """
        Return one of the posts.

        :raises PostNotFound: if there is no such post, or none that the viewer may see
        :raises InstanceUnavailable: if nobody can tell now
        """
        if (post := self.posts.get(post_id)) is None:
            raise self.unavailable.get(post_id, PostNotFound)
        return post


def allows(viewer: Viewer, head: PostHead, author: UserHead) -> bool:
    """
    Return whether a viewer may see a post whose author they may see; the one place where this is decided.

    What only some may see is told by the head's audience, by whether the author's account is private, and by
    how the viewer stands with the author, asked only where it matters; of the first two the stricter holds.
    An audience of which nothing is known here is the author alone.
    """
    author_id, audience = head.author_id, head.audience
    if author_id == viewer.id:
        return True
    if author.is_private and not profiles.admits(viewer, author_id, author):
        return False
    if audience == PUBLIC:
        return True
    if audience == FOLLOWERS:
        return viewer.follows(author_id)
    return audience == MENTIONED and viewer.id in head.mentioned_ids


def map_visible(
    post_ids: Collection[int],
    *,
    viewer: Viewer,
    author_ids: Collection[int] = (),
    state: PageState | None = None,
) -> Visible:
    """
    Return those of the posts that a viewer may see, with their authors; the others are absent.

    Authors known beforehand come by the round trip of the posts, whether they wrote any of them or not; so
    do the viewer's exceptions, and what a page states of the posts.

    :raises InstanceUnavailable: if the viewer's exceptions cannot be read
    """
    unavailable: Unavailable = {}
    loaded = _load(post_ids, author_ids, viewer, state, unavailable)
    viewer.learn(loaded, unavailable)
    found: dict[int, RenderedCard[PostHead]] = loaded[POSTS.name]
    people: dict[int, RenderedCard[UserHead]] = profiles.select_visible(loaded[USER], viewer=viewer)
    if unavailable:
        _follow_authors(found, unavailable)
    heads = [post.head for post in found.values()]
    named = {id for head in heads if (id := head.reply_to_author_id)}
    page = viewer.among(people.keys() | named if named else people.keys())
    shown = {
        id: post
        for (id, post), head in zip(found.items(), heads, strict=True)
        if (author := people.get(head.author_id)) and allows(page, head, author.head)
    }
    private = [id for id, user in people.items() if user.head.is_private]
    closed = frozenset([id for id in private if not profiles.admits(page, id, people[id].head)])
    users = {id: user.json for id, user in people.items()}
    visible = Visible(shown, users, unavailable, closed, viewer=page, people=people)
    if not any(head.original_id for head in heads):
        return visible
    visible = _take_apart(post_ids, visible)
    if state is not None:
        _state_originals(state, visible, loaded)
    return visible


def _take_apart(post_ids: Collection[int], visible: Visible) -> Visible:
    """Return what was asked for apart from its originals; a repost is nothing without its own."""
    shown, unavailable = visible.posts, visible.unavailable
    originals = {id: shown[id] for post in shown.values() if (id := post.head.original_id) in shown}
    asked: dict[int, RenderedCard[PostHead]] = {}
    for id in dict.fromkeys(post_ids):
        if (post := shown.get(id)) is None:
            continue
        if post.head.kind != REPOST or post.head.original_id in originals:
            asked[id] = post
        elif (error := unavailable.get(post.head.original_id)) is not None:
            unavailable[id] = error
    return visible._replace(posts=asked, originals=originals)


def _load(
    post_ids: Collection[int],
    author_ids: Collection[int],
    viewer: Viewer,
    state: PageState | None,
    unavailable: Unavailable,
) -> Loaded:
    wanted = {POSTS.name: post_ids, USER: author_ids, **viewer.lacks}
    if state is None:
        return cards.load(wanted, unavailable=unavailable)
    beside = state.ask(post_ids)
    loaded = cards.load(wanted | {COUNTS.name: post_ids}, unavailable=unavailable, beside=beside)
    state.take(list(post_ids), loaded[COUNTS.name], beside, unavailable)
    if MEDIA in loaded:
        state.take_media(loaded[MEDIA])
    return loaded


def _state_originals(state: PageState, visible: Visible, loaded: Loaded) -> None:
    """
    Have a page state its originals as well, whose counts came with their cards, and show what they show.

    The viewer's marks on them and their media cost a round trip, which pages without any do not make.
    """
    ids = list(visible.originals)
    beside = state.ask(ids)
    shown = {id for post in visible.originals.values() for id in post.head.media_ids}
    if beside is not None or shown:
        wanted = {MEDIA: shown} if shown else {}
        found = cards.load(wanted, unavailable=visible.unavailable, beside=beside)
        state.take_media(found.get(MEDIA, {}))
    state.take(ids, loaded[COUNTS.name], beside, visible.unavailable)


def _follow_authors(found: Mapping[int, RenderedCard[PostHead]], unavailable: Unavailable) -> None:
    """Count posts as unavailable whose authors are: only their cards say whether they may be shown."""
    for id, post in found.items():
        if (error := unavailable.get(post.head.author_id)) is not None:
            unavailable[id] = error
