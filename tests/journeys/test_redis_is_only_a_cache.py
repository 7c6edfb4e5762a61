"""Redis emptied and stopped under load: slower answers, never wrong ones."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product
from operator import ge

import pytest

from tests.kit.client import Client
from tests.kit.machines import until

pytestmark = pytest.mark.django_db

READERS = 3


def shows(reader: Client, expected: list[str]) -> bool:
    return reader.home() == expected


class Load:
    """Looks that are taken again and again, each by a thread, and what came of them that was not right."""

    def __init__(self, *looks: tuple[Callable[[], object], object]) -> None:
        self.answers = [0] * len(looks)
        self.wrong: list[object] = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._look, args=[at, *look]) for at, look in enumerate(looks)
        ]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def goes_on(self, answers: int = 10) -> None:
        """Wait until each has looked so many times more."""
        targets = [number + answers for number in self.answers]
        until(lambda: all(map(ge, self.answers, targets)))

    def _look(self, at: int, look: Callable[[], object], expected: object) -> None:
        while not self._stop.is_set():
            if (found := look()) != expected:
                self.wrong.append(found)
            self.answers[at] += 1


@dataclass
class Town:
    """A reader of posts with all that hangs on posts, and an actor who looks at once."""

    reader: Client
    actor: Client
    author: Client
    other: Client
    noise: Client
    posts: list[str]
    # Not to be seen by the reader, whom the actor's marks on it would be shown to.
    noisy: str
    list_id: str

    def read(self) -> dict[str, object]:
        """Return what the reader, who does nothing meanwhile, is answered where Redis has a part."""
        post, author = self.posts[0], self.author.id
        paths = (
            "/v1/timelines/home",
            f"/v1/timelines/lists/{self.list_id}",
            f"/v1/users/{author}/posts?include=replies,reposts,pins",
            f"/v1/users/{author}/pins",
            f"/v1/posts?ids={','.join(self.posts)}",
            f"/v1/posts/{post}",
            f"/v1/posts/{post}/replies",
            f"/v1/posts/{post}/reactions",
            f"/v1/posts/{post}/reposts",
            "/v1/me/bookmarks",
            "/v1/me/blocks",
        )
        answers = {path: self.reader.call("GET", path) for path in paths}
        found: dict[str, object] = {path: (it.status, it.body) for path, it in answers.items()}
        return found | self._read_top()

    def _read_top(self) -> dict[str, object]:
        """
        Return the home by rank, of which there is one page without Redis.

        Its second page is right, or it is said that its order is gone, or that nobody can tell now.
        """
        first = self.reader.call("GET", "/v1/timelines/home?order=top&limit=3")
        seen = [card["id"] for card in first.body["data"]]
        rest: list[str] | None = None
        if first.body["next"] is not None:
            path = f"/v1/timelines/home?order=top&limit=9&cursor={first.body['next']}"
            second = self.reader.call("GET", path)
            if second.status == 200:
                rest = [card["id"] for card in second.body["data"]]
            elif (second.status, second.body["code"]) not in {(410, "cursor_expired"), (503, "unavailable")}:
                return {"top": second}
        assert rest is None or not set(rest) & set(seen)
        return {"top": (first.status, seen, first.body["included"], first.body["state"])}

    def heard(self, with_other: bool) -> set[str]:
        """Return whose posts are in the actor's home."""
        return {self.author.id, self.other.id} if with_other else {self.author.id}

    def act(self) -> list[object]:
        """Return what the actor's next request shows of each thing that they do."""
        post, path = self.noisy, f"/v1/posts/{self.noisy}"
        found: list[object] = []
        for method, about in product(
            ("PUT", "DELETE"), (f"{path}/reactions/like", f"/v1/me/bookmarks/{post}")
        ):
            status = self.actor.call(method, about).status
            state = self.actor.call("GET", f"/v1/posts?ids={post}").body["state"]
            found.append((status, state[post]["mine"]))
        for method, body in (("PUT", {}), ("DELETE", None)):
            assert self.actor.call(method, f"/v1/me/mutes/{self.other.id}", body).status < 300
            home = self.actor.call("GET", "/v1/timelines/home").body["data"]
            found.append(sorted({card["author_id"] for card in home}) == sorted(self.heard(body is None)))
        for method in ("PUT", "DELETE"):
            assert self.actor.call(method, f"/v1/me/blocks/{self.noise.id}").status < 300
            found.append(self.actor.call("GET", f"/v1/posts?ids={self.noisy}").body["missing"])
        return found


def make_town(url: str) -> Town:
    author, reader, actor, other, noise = (
        Client(url).sign_up(name) for name in ("ada", "vera", "ben", "grace", "eve")
    )
    for follower in (reader, noise, actor):
        for followed in (author, other):
            follower.follow(followed)
    posts = [author.post(f"post {number}") for number in range(5)]
    other.post("from grace")
    new = {"text": "a reply", "reply_to": posts[0]}
    assert other.call("POST", "/v1/posts", new).status == 201
    for person in (reader, other):
        for post in posts[:2]:
            assert person.call("PUT", f"/v1/posts/{post}/reactions/like").status == 204
    assert other.call("PUT", f"/v1/posts/{posts[0]}/repost").status == 200
    assert reader.call("PUT", f"/v1/me/bookmarks/{posts[3]}").status == 204
    assert reader.call("PUT", f"/v1/me/blocks/{noise.id}").status == 200
    assert author.call("PUT", f"/v1/me/pins/{posts[2]}").status == 204
    list_id = reader.call("POST", "/v1/me/lists", {"name": "Friends"}).body["id"]
    for member in (author, other):
        assert reader.call("PUT", f"/v1/me/lists/{list_id}/members/{member.id}").status == 204
    return Town(reader, actor, author, other, noise, posts, noise.post("noise"), list_id)


class TestRedis:
    def test_may_be_emptied_stopped_and_started_under_load(self, stack):
        stack.run_relay()
        stack.run_worker()
        api = stack.run_api()
        author = Client(api.url).sign_up("ada")
        readers = [Client(api.url).sign_up(f"reader{number}") for number in range(READERS)]
        for reader in readers:
            reader.follow(author)
        posts = [f"post {number}" for number in range(5)]
        for text in posts:
            author.post(text)
        expected = posts[::-1]
        for reader in readers:
            until(partial(shows, reader, expected))

        with Load(*[(partial(Client.home, reader), expected) for reader in readers]) as load:
            load.goes_on()
            stack.flush_redis()
            load.goes_on()
            stack.stop_redis()
            load.goes_on()
            stack.start_redis()
            load.goes_on()

        assert load.wrong == []

    def test_may_be_emptied_stopped_and_started_while_people_read_and_act(self, stack):
        stack.run_relay()
        stack.run_worker()
        town = make_town(stack.run_api().url)
        marked = [(204, {"reactions": ["like"], "is_bookmarked": saved}) for saved in (False, True)]
        unmarked: list[object] = [(204, {"reactions": [], "is_bookmarked": saved}) for saved in (True, False)]
        acts = [*marked, *unmarked, True, True, [town.noisy], []]
        right: list[dict[str, object]] = [{}]

        def settles() -> bool:
            """Tell whether all that was counted has arrived: one reply, two reactions, one repost."""
            right.append(town.read())
            [state] = [town.reader.call("GET", f"/v1/posts/{town.posts[0]}").body["state"][town.posts[0]]]
            counts = {"replies": 1, "reposts": 1, "quotes": 0, "reactions": {"like": 2}}
            return state["counts"] == counts and right[-1] == right[-2] and town.act() == acts

        until(settles)
        with Load((town.read, right[-1]), (town.read, right[-1]), (town.act, acts)) as load:
            for _ in range(3):
                load.goes_on(2)
                stack.flush_redis()
            load.goes_on(2)
            stack.stop_redis()
            load.goes_on(2)
            stack.start_redis()
            load.goes_on(2)

        assert load.wrong == []

    def test_may_be_away_while_people_follow_post_and_delete(self, stack):
        relay = stack.run_relay()
        stack.run_worker()
        api = stack.run_api()
        author, reader = Client(api.url).sign_up("ada"), Client(api.url).sign_up("vera")
        reader.follow(author)
        kept, deleted = author.post("kept"), author.post("deleted")
        until(lambda: reader.home() == ["deleted", "kept"])

        stack.stop_redis()
        assert author.call("DELETE", f"/v1/posts/{deleted}").status == 204
        late = author.post("late")
        assert reader.home() == ["late", "kept"]
        stack.start_redis()

        until(lambda: reader.home() == ["late", "kept"])
        assert reader.home_to_the_end() == [late, kept]
        assert relay.is_running
