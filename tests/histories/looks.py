"""What each list and each single read ought to show somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tests.histories.facts import Post, Viewer
from tests.histories.town import Town

# What a read may lack of what it ought to show until the relay has delivered: nothing, what others did or
# what one did to them (`some`), or all but that it shows nobody who may not be seen (`seen`).
Later = Literal["", "some", "seen"]
CHOICES = ("", "replies", "reposts", "replies,reposts")


@dataclass(frozen=True)
class Look:
    """One read, and what it ought to answer."""

    operation: str
    path: str
    expected: dict[str, Any]
    later: Later = ""
    # Whether it may lack the same for good.
    for_good: bool = False
    # What it may still show until the relay has delivered, since the viewer may see it.
    still: dict[str, Any] | None = None


class Looks:
    """All reads of one viewer, around one other user and one post."""

    def __init__(self, town: Town, viewer: Viewer, user: int, post: Post | None) -> None:
        self.town, self.viewer, self.user, self.post = town, viewer, user, post
        self.facts, self.rules = town.facts, town.rules
        self.newest = list(self.facts.newest())

    def list(self) -> list[Look]:
        looks = [*self._of_ids(), *self._of_user(self.user, f"/v1/users/{self.user}")]
        if self.post is not None:
            looks += self._of_post(self.post, f"/v1/posts/{self.post.id}")
        if self.viewer is not None:
            looks += self._own(self.viewer)
        return looks

    def sees(self, user: int) -> bool:
        return self.rules.sees(self.viewer, user)

    def _of_ids(self) -> Iterable[Look]:
        users, posts = self.town.people, list(self.facts.posts.values())
        yield Look("list_users_by_ids", f"/v1/users?ids={_join(users)}", self._users(users))
        if posts:
            path = f"/v1/posts?ids={_join(post.id for post in posts)}"
            yield Look("list_posts_by_ids", path, self._posts(posts))
        muted = [user for user in users if self.rules.mutes(self.viewer, user)]
        heard = [post for post in self.newest if not post.is_repost and post.author not in muted]
        tagged = [post for post in heard if post.audience == "public"]
        path = "/v1/timelines/tags/town?limit=100"
        # What a private account says is in no tag's list until it goes public, also for its followers.
        is_short = bool(self.facts.private & {post.author for post in tagged})
        # What has just been said to fewer stays in it for them until the index has heard of it.
        still = self._posts(heard, without=muted)
        yield Look("get_tag_timeline", path, self._posts(tagged, without=muted), "some", is_short, still)

    def _of_user(self, user: int, path: str) -> Iterable[Look]:
        one = self._users([user]) if self.rules.opens(self.viewer, user) else {"status": 404}
        if self.rules.blocks(self.viewer, user) and "status" not in one:
            one = self._people([user])
        yield Look("get_user", path, one)
        yield Look("get_user_by_username", f"/v1/users/by/username/{self.town.names[user]}", one)
        edges = [pair for pair, edge in reversed(self.facts.follows.items()) if not edge.is_requested]
        followers = [one for one, other in edges if other == user]
        following = [other for one, other in edges if one == user]
        yield Look("list_followers", f"{path}/followers", self._of(user, self._users(followers)), "seen")
        yield Look("list_following", f"{path}/following", self._of(user, self._users(following)), "seen")
        for include in CHOICES:
            posts = [
                post
                for post in self.newest
                if post.author == user
                and (post.parent is None or "replies" in include)
                and (not post.is_repost or "reposts" in include)
            ]
            query = f"?limit=100&include={include}" if include else "?limit=100"
            yield Look("list_user_posts", f"{path}/posts{query}", self._of(user, self._posts(posts)))

    def _of_post(self, post: Post, path: str) -> Iterable[Look]:
        one = self._posts([post])
        del one["mine"]  # which is in no answer with an ETag
        yield Look("get_post", path, self._shown(post, one))
        before = {"said": list(reversed(post.before))}
        yield Look("list_post_revisions", f"{path}/revisions", self._shown(post, before))
        direct = [reply for reply in self.newest if reply.parent is post]
        beneath = direct if post.parent else [reply for reply in self.newest if post in reply.above]
        for depth, replies in (("direct", direct), ("all", beneath)):
            query = f"?limit=100&depth={depth}"
            yield Look(
                "list_replies", f"{path}/replies{query}", self._shown(post, self._posts(replies)), "some"
            )
        yield Look("list_ancestors", f"{path}/ancestors", self._shown(post, self._ancestors(post.above)))
        passed_on = [made.author for made in self.newest if made.is_repost and made.original is post]
        yield Look("list_reposters", f"{path}/reposts", self._shown(post, self._users(passed_on)), "seen")
        reacted = [user for user, id in reversed(self.facts.reactions) if id == post.id]
        expected = {"reactions": list(filter(self.sees, reacted))}
        yield Look("list_reactions", f"{path}/reactions", self._shown(post, expected), "seen")

    def _own(self, viewer: int) -> Iterable[Look]:
        facts = self.facts
        yield Look("get_me", "/v1/me", self._users([viewer]))
        muted = [
            other for one, other in reversed(facts.mutes) if one == viewer and self.rules.mutes(one, other)
        ]
        home = self._posts(list(self.rules.home(viewer)), without=muted)
        yield Look("get_home_timeline", "/v1/timelines/home?limit=100", home, "some")
        asking = [
            one
            for (one, other), edge in reversed(facts.follows.items())
            if other == viewer and edge.is_requested
        ]
        yield Look("list_follow_requests", "/v1/me/follow-requests", self._users(asking), "seen")
        blocked = [other for one, other in reversed(facts.blocks) if one == viewer]
        opened = [other for other in blocked if self.rules.opens(viewer, other)]
        yield Look("list_blocks", "/v1/me/blocks", self._people(opened))
        yield Look("list_mutes", "/v1/me/mutes", self._users(muted))
        marked = [facts.posts[id] for user, id in reversed(facts.bookmarks) if user == viewer]
        yield Look("list_bookmarks", "/v1/me/bookmarks", self._posts(marked))
        path = f"/v1/me/relationships?ids={_join(self.town.people)}"
        yield Look("list_relationships", path, self._relationships(viewer))
        if list_id := facts.lists.get(viewer):
            members = [other for owner, other in reversed(facts.members) if owner == viewer]
            theirs = [post for post in self.newest if post.author in members]
            yield Look("list_list_members", f"/v1/me/lists/{list_id}/members", self._users(members))
            path = f"/v1/timelines/lists/{list_id}?limit=100"
            yield Look("get_list_timeline", path, self._posts(theirs))

    def _of(self, user: int, expected: dict[str, Any]) -> dict[str, Any]:
        """Return what is answered of what belongs to a user."""
        if not self.sees(user):
            return {"status": 404}
        return expected if self.rules.admits(self.viewer, user) else {"status": 403}

    def _shown(self, post: Post, expected: dict[str, Any]) -> dict[str, Any]:
        """Return what is answered of what hangs on a post."""
        return expected if self.rules.shows(self.viewer, post) else {"status": 404}

    def _users(self, users: Sequence[int]) -> dict[str, Any]:
        return self._people([user for user in users if self.sees(user)])

    def _people(self, users: Sequence[int]) -> dict[str, Any]:
        return {"users": list(users), "counts": {user: self._follow_counts(user) for user in users}}

    def _follow_counts(self, user: int) -> dict[str, int]:
        edges = [pair for pair, edge in self.facts.follows.items() if not edge.is_requested]
        return {
            "followers": sum(other == user and self.town.is_open(one) for one, other in edges),
            "following": sum(one == user and self.town.is_open(other) for one, other in edges),
        }

    def _posts(self, posts: Sequence[Post], without: Collection[int] = ()) -> dict[str, Any]:
        """Return a page of those that may be seen, with what they pass on, but for what some people wrote."""
        shown = list(self.rules.shown(self.viewer, iter(posts)))
        originals = {post.original for post in shown if post.original and post.original.author not in without}
        passed_on = list(self.rules.shown(self.viewer, iter(originals)))
        both = {*shown, *passed_on}
        return {
            "posts": [post.id for post in shown],
            "texts": {post.id: post.text for post in both},
            "authors": {post.author for post in both},
            "counts": {post.id: self._counts(post) for post in both},
            "mine": {post.id: self._marks(post) for post in both},
        }

    def _ancestors(self, above: Sequence[Post]) -> dict[str, Any]:
        hidden = [post for post in above if not self.rules.shows(self.viewer, post)]
        deleted = [post.id for post in hidden if post.is_deleted]
        return {**self._posts(above), "missing": [post.id for post in hidden], "deleted": deleted}

    def _counts(self, post: Post) -> dict[str, Any]:
        """Return what is counted of a post: also what is by people whom the viewer may not see."""
        passed_on = [made for made in self.newest if made.original is post]
        likes = sum(id == post.id for _, id in self.facts.reactions)
        return {
            "replies": sum(reply.parent is post for reply in self.newest),
            "reposts": sum(made.is_repost for made in passed_on),
            "quotes": sum(not made.is_repost for made in passed_on),
            "reactions": {"like": likes} if likes else {},
        }

    def _marks(self, post: Post) -> dict[str, Any] | None:
        if self.viewer is None:
            return None
        pair = (self.viewer, post.id)
        likes = ["like"] if pair in self.facts.reactions else []
        return {"reactions": likes, "is_bookmarked": pair in self.facts.bookmarks}

    def _relationships(self, viewer: int) -> dict[str, Any]:
        return {
            "relationships": {
                user: self._relationship(viewer, user)
                for user in self.town.people
                if self.rules.opens(viewer, user)
            }
        }

    def _relationship(self, viewer: int, user: int) -> dict[str, bool]:
        mine, theirs = self.facts.follows.get((viewer, user)), self.facts.follows.get((user, viewer))
        return {
            "following": bool(mine and not mine.is_requested),
            "requested": bool(mine and mine.is_requested),
            "followed_by": bool(theirs and not theirs.is_requested),
            "requested_by": bool(theirs and theirs.is_requested),
            "reposts": bool(mine and mine.shows_reposts),
            "blocking": self.rules.blocks(viewer, user),
            "muting": self.rules.mutes(viewer, user),
        }


def _join(ids: Iterable[int]) -> str:
    return ",".join(map(str, ids))
