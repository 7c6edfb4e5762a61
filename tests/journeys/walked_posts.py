"""Lists of posts, and of what hangs on them, as they are walked."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from typing import Any

from modules.graph import public as graph
from modules.graph.selectors.pulled import forget_pulled
from modules.kernel.redis.servers import redis
from modules.posts.events import ReactionAdded
from modules.posts.models import TagTotal
from modules.posts.schemas import EditPost, NewDraft, NewPost
from modules.posts.services.bookmarks import add_bookmark, remove_bookmark
from modules.posts.services.drafts import create_draft, delete_draft
from modules.posts.services.edits import edit_post
from modules.posts.services.posts import delete_post, publish_post
from modules.posts.services.reactions import add_reaction, remove_reaction
from modules.timelines.models import windows
from modules.timelines.schemas import NewList
from modules.timelines.services.lists import add_member, create_list
from sharding.scope import writing_directory
from tests.journeys.walked import Walked
from tests.kit.delivery import announced_events, drain
from tests.kit.people import NOON, Person, make_person, sign_up
from tests.kit.posts import publish, publish_past, reply
from tests.kit.redis import redis_away


def user_posts(settings: Any, after: ExitStack) -> Walked:
    author = sign_up("ada")
    return Walked(
        author,
        f"/v1/users/{author.id}/posts",
        lambda: publish(author),
        lambda id: delete_post(author.id, id, now=NOON),
    )


def post_revisions(settings: Any, after: ExitStack) -> Walked:
    """What a post said before: nothing of it goes one by one."""
    author = sign_up("ada")
    post_id = publish(author)
    versions = count(1)

    def add() -> int:
        version = next(versions)
        edit_post(author.id, post_id, EditPost(text=f"after {version}"), now=NOON)
        return version

    return Walked(author, f"/v1/posts/{post_id}/revisions", add, name="version")


def drafts(settings: Any, after: ExitStack) -> Walked:
    author = sign_up("ada")
    return Walked(
        author,
        "/v1/me/drafts",
        lambda: create_draft(author.id, NewDraft(text="Hi"), now=NOON, once=None).id,
        lambda id: delete_draft(author.id, id),
    )


def home(settings: Any, after: ExitStack) -> Walked:
    reader, authors = sign_up("vera"), [make_person(), make_person()]
    wrote: dict[int, Person] = {}
    for author in authors:
        graph.follow(reader.id, author.id)
    drain()

    def add() -> int:
        author = authors[len(wrote) % 2]
        post_id = publish(author)
        wrote[post_id] = author
        drain()
        return post_id

    return Walked(
        reader,
        "/v1/timelines/home",
        add,
        lambda id: delete_post(wrote[id].id, id, now=NOON),
        lambda: redis("a").run(("DEL", windows.home(reader.id))),
    )


def deep_home(settings: Any, after: ExitStack) -> Walked:
    """One that reaches far below its window."""
    settings.TIMELINES = replace(settings.TIMELINES, window_size=4, slack=1, pull_size=3, pulled_size=2)
    return home(settings, after)


def pulled_home(settings: Any, after: ExitStack) -> Walked:
    """One whose authors are pulled, from windows of their own that are small too."""
    settings.GRAPH = replace(settings.GRAPH, pull_threshold=1, pull_demotion=1)
    made = deep_home(settings, after)
    forget_pulled()
    return made


def uncached_home(settings: Any, after: ExitStack) -> Walked:
    """One without Redis."""
    made = home(settings, after)
    after.enter_context(redis_away(settings))
    author = make_person()
    graph.follow(made.reader.id, author.id)
    made.add = lambda: publish(author)
    made.remove = lambda id: delete_post(author.id, id, now=NOON)
    made.lose = lambda: None
    return made


def list_timeline(settings: Any, after: ExitStack) -> Walked:
    reader, authors = sign_up("vera"), [make_person(), make_person()]
    list_id = create_list(reader.id, NewList(name="Friends"), once=None).id
    for author in authors:
        add_member(list_id, author.id, viewer=graph.viewer_of(reader.id))
    wrote: dict[int, Person] = {}

    def add() -> int:
        author = authors[len(wrote) % 2]
        post_id = publish(author)
        wrote[post_id] = author
        return post_id

    return Walked(
        reader,
        f"/v1/timelines/lists/{list_id}",
        add,
        lambda id: delete_post(wrote[id].id, id, now=NOON),
    )


def found_posts(settings: Any, after: ExitStack) -> Walked:
    """What has a word in it, by authors on both instances, among what has not and what is hidden."""
    settings.SEARCH = replace(settings.SEARCH, within_s=5)
    reader, authors = sign_up("vera"), [make_person(shard=0), make_person(shard=4095)]
    hidden = NewPost(text="found", audience="followers")
    wrote: dict[int, Person] = {}

    def add() -> int:
        author = authors[len(wrote) % 2]
        publish_post(author.id, hidden, now=NOON, once=None)
        publish(author, "lost")
        post_id = publish(author, "found")
        wrote[post_id] = author
        return post_id

    return Walked(
        reader,
        "/v1/search/posts?q=found",
        add,
        lambda id: delete_post(wrote[id].id, id, now=NOON),
    )


def found_tags(settings: Any, after: ExitStack) -> Walked:
    """Each of more authors than the one before; of figures, which a text alone could not have as tags."""
    numbers = count(7_000_001)

    def add() -> int:
        number = next(numbers)
        with writing_directory():
            TagTotal.objects.create(tag=str(number), authors=number, last_used_at=NOON)
        return number

    def remove(number: int) -> None:
        with writing_directory():
            TagTotal.objects.filter(tag=str(number)).delete()

    return Walked(sign_up("vera"), "/v1/search/tags?q=7000", add, remove, name="tag")


def tag_timeline(settings: Any, after: ExitStack) -> Walked:
    authors = [make_person(), make_person()]
    wrote: dict[int, Person] = {}

    def add() -> int:
        author = authors[len(wrote) % 2]
        post_id = publish(author, "#forest")
        wrote[post_id] = author
        drain()
        return post_id

    return Walked(
        sign_up("vera"),
        "/v1/timelines/tags/forest",
        add,
        lambda id: delete_post(wrote[id].id, id, now=NOON),
    )


def replies(settings: Any, after: ExitStack) -> Walked:
    author, replier = sign_up("ada"), make_person()
    root = publish(author)

    def add() -> int:
        post_id = reply(replier, root)
        drain()
        return post_id

    def remove(id: int) -> None:
        delete_post(replier.id, id, now=NOON)
        drain()  # until then a page is short by it

    return Walked(author, f"/v1/posts/{root}/replies", add, remove)


def reactions(settings: Any, after: ExitStack) -> Walked:
    post_id = publish(make_person())
    reacted: dict[int, Person] = {}

    def add() -> int:
        person = make_person()
        add_reaction(person.id, post_id, "like")
        [event] = announced_events(ReactionAdded)
        reacted[event.edge_id] = person
        drain()
        return int(event.edge_id)

    def remove(id: int) -> None:
        remove_reaction(reacted[id].id, post_id, "like")
        drain()

    return Walked(sign_up("vera"), f"/v1/posts/{post_id}/reactions", add, remove)


def bookmarks(settings: Any, after: ExitStack) -> Walked:
    """They come in an order of their own: the newest bookmark may be of the oldest post."""
    reader, left = sign_up("vera"), publish_past(make_person(), *range(1, 100))

    def add() -> int:
        add_bookmark(reader.id, post_id := left.pop())
        return post_id

    return Walked(reader, "/v1/me/bookmarks", add, lambda id: remove_bookmark(reader.id, id))
