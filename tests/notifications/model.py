"""What people ought to be told of, in a town where nobody is private: a small model of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.kit.people import Person
from tests.notifications.kit import ALL, cards, counts


class Key(NamedTuple):
    """What is told of once: of a reply, each; `post` is 0 of all else."""

    user: int
    type: str
    subject: int
    actor: int
    post: int = 0


@dataclass(eq=False)
class Group:
    """One notification, and what stands of it."""

    user: int
    type: str
    subject: int
    standing: set[Key] = field(default_factory=set)
    is_read: bool = False
    is_removed: bool = False
    is_seen: bool = False

    @property
    def is_shown(self) -> bool:
        return bool(self.standing) and not self.is_removed

    @property
    def as_read(self) -> tuple[Any, ...]:
        actors = {key.actor for key in self.standing}
        # A card of a follow is about no post.
        subject = 0 if self.type == "follow" else self.subject
        return self.type, subject, tuple(sorted(actors)), len(actors), self.is_read


class Model:
    """The people of a town and what they did, each by the request that does it."""

    def __init__(self, people: list[Person]) -> None:
        self.people = {person.id: person for person in people}
        self.groups: list[Group] = []
        self.told_in: dict[Key, Group] = {}
        self.blocks: set[tuple[int, int]] = set()
        self.follows: set[tuple[int, int]] = set()
        self.likes: set[tuple[int, int]] = set()
        self.reposts: set[tuple[int, int]] = set()
        # By post: its author, whom it replies to and mentions, as keys.
        self.authors: dict[int, int] = {}
        self.said: dict[int, list[Key]] = {}

    def follow(self, actor: int, other: int) -> None:
        answer = self._send(actor, "PUT", f"/v1/me/following/{other}")
        if answer == 200 and (actor, other) not in self.follows:
            self.follows.add((actor, other))
            self._tell(Key(other, "follow", other, actor))

    def unfollow(self, actor: int, other: int) -> None:
        self._send(actor, "DELETE", f"/v1/me/following/{other}")
        self.follows.discard((actor, other))
        self._withdraw(Key(other, "follow", other, actor))

    def publish(self, actor: int, mentioned: int | None = None, parent: int | None = None) -> None:
        text = f"Hi @{self.people[mentioned].username}" if mentioned else "Hi"
        body = {"text": text} | ({"reply_to": str(parent)} if parent else {})
        answer = self.people[actor].call("POST", "/v1/posts", body)
        if answer.status != 201:
            return
        post = int(answer.body["id"])
        keys = [Key(mentioned, "mention", post, actor)] if mentioned else []
        if parent:
            author = self.authors[parent]
            keys = [key for key in keys if key.user != author]
            keys.append(Key(author, "reply", parent, actor, post))
        self.authors[post], self.said[post] = actor, keys
        for key in keys:
            self._tell(key)

    def delete(self, actor: int, post: int) -> None:
        if self.authors[post] != actor or self._send(actor, "DELETE", f"/v1/posts/{post}") != 204:
            return
        for group in self.groups:
            group.is_removed |= group.subject == post and group.user == actor
        for key in self.said.pop(post):
            self._withdraw(key)
        del self.authors[post]

    def like(self, actor: int, post: int) -> None:
        answer = self._send(actor, "PUT", f"/v1/posts/{post}/reactions/like")
        if answer == 204 and (actor, post) not in self.likes:
            self.likes.add((actor, post))
            self._tell(Key(self.authors[post], "reaction", post, actor))

    def unlike(self, actor: int, post: int) -> None:
        self._send(actor, "DELETE", f"/v1/posts/{post}/reactions/like")
        self.likes.discard((actor, post))
        self._withdraw(Key(self.authors[post], "reaction", post, actor))

    def repost(self, actor: int, post: int) -> None:
        answer = self._send(actor, "PUT", f"/v1/posts/{post}/repost")
        if answer == 200 and (actor, post) not in self.reposts:
            self.reposts.add((actor, post))
            self._tell(Key(self.authors[post], "repost", post, actor))

    def unrepost(self, actor: int, post: int) -> None:
        self._send(actor, "DELETE", f"/v1/posts/{post}/repost")
        self.reposts.discard((actor, post))
        self._withdraw(Key(self.authors[post], "repost", post, actor))

    def block(self, actor: int, other: int) -> None:
        if self._send(actor, "PUT", f"/v1/me/blocks/{other}") != 200:
            return
        self.blocks.add((actor, other))
        self.follows -= {(actor, other), (other, actor)}
        for group in self.groups:
            group.standing = {key for key in group.standing if {key.user, key.actor} != {actor, other}}

    def unblock(self, actor: int, other: int) -> None:
        self._send(actor, "DELETE", f"/v1/me/blocks/{other}")
        self.blocks.discard((actor, other))

    def read(self, actor: int) -> None:
        self._mark(actor, "read_up_to")
        for group in self._of(actor):
            group.is_read = group.is_seen = True

    def see(self, actor: int) -> None:
        self._mark(actor, "seen_up_to")
        for group in self._of(actor):
            group.is_seen = True

    def remove(self, actor: int) -> None:
        for card in cards(self.people[actor])[:1]:
            shown = next(group for group in self._of(actor) if group.as_read == _read(card))
            assert self._send(actor, "DELETE", f"{ALL}/{card['id']}") == 204
            shown.is_removed = True

    def expected(self) -> Iterator[tuple[int, list[tuple[Any, ...]], tuple[int, int]]]:
        """Yield, for each, what they ought to read, and their counts."""
        for user in self.people:
            shown = self._of(user)
            unread = [group for group in shown if not group.is_read]
            unseen = sum(not group.is_seen for group in unread)
            yield user, sorted(group.as_read for group in shown), (unseen, len(unread))

    def found(self) -> Iterator[tuple[int, list[tuple[Any, ...]], tuple[int, int]]]:
        """Yield what they do read."""
        for user, person in self.people.items():
            yield user, sorted(map(_read, cards(person, "?limit=100"))), counts(person)

    def _of(self, user: int) -> list[Group]:
        return [group for group in self.groups if group.user == user and group.is_shown]

    def _tell(self, key: Key) -> None:
        if key.user == key.actor or {(key.user, key.actor), (key.actor, key.user)} & self.blocks:
            return
        group = self.told_in.get(key)
        if group is None:
            mine = [each for each in self.groups if each.user == key.user]
            same = [each for each in mine if (each.type, each.subject) == (key.type, key.subject)]
            group = same[-1] if same and not (same[-1].is_read or same[-1].is_removed) else None
            if group is None:
                group = Group(key.user, key.type, key.subject)
                self.groups.append(group)
            group.is_seen = False
            self.told_in[key] = group
        group.standing.add(key)

    def _withdraw(self, key: Key) -> None:
        if group := self.told_in.get(key):
            group.standing.discard(key)

    def _mark(self, actor: int, name: str) -> None:
        newest = cards(self.people[actor])[:1]
        if newest:
            body = {name: newest[0]["last_id"]}
            assert self._send(actor, "PUT", f"{ALL}/marks", body) == 200

    def _send(self, actor: int, method: str, path: str, body: Any = None) -> int:
        return self.people[actor].call(method, path, body).status


def _read(card: dict[str, Any]) -> tuple[Any, ...]:
    actors = tuple(sorted(int(each["user_id"]) for each in card["actors"]))
    subject = int(card["post_id"] or 0)
    return card["type"], subject, actors, card["actor_count"], card["is_read"]
