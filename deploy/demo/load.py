"""Loading a source in bulk through the shards; whatever broke off is run again and goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from rich.console import Console

from deploy.demo.progress import in_chunks, step
from deploy.demo.source import PASSWORD, Source
from modules.accounts import public as accounts
from modules.graph import public as graph
from modules.kernel import clock
from modules.posts import public as posts
from modules.posts.schemas import PastPost
from modules.profiles import public as profiles
from modules.search import public as search

# The same on every run and every machine, so that `verify-demo` can tell what a home must show.
SPACING = timedelta(seconds=47)
ACCOUNTS_AT_ONCE = 5_000
POSTS_AT_ONCE = 10_000


def load(source: Source, console: Console) -> list[int]:
    """Load people, follows and past posts; return the people's ids, in the order of their numbers."""
    _create_famous(source)
    ids = _load_accounts(source, console)
    people = [(user_id, source.username(number)) for number, user_id in enumerate(ids)]
    with step("Profiles", source.users, console) as shown:
        profiles.create_profiles_in_bulk(people, on_progress=shown.advance)
    with step("Follows, both sides", 2 * len(source.follows), console) as shown:
        pairs = ((ids[follower], ids[followee]) for follower, followee in source.follows)
        graph.add_edges_in_bulk(pairs, on_progress=shown.advance)
    with step("People to be found", source.users, console) as shown:
        search.rebuild_people(on_progress=shown.advance)
    past = list(past_posts(source, ids))
    with step("Posts", len(past), console) as shown:
        for chunk in in_chunks(past, POSTS_AT_ONCE):
            posts.create_posts_in_bulk(chunk)
            shown.advance(len(chunk))
    return ids


def past_posts(source: Source, ids: list[int]) -> Iterator[PastPost]:
    """Yield the one post of each person, the most followed last: a home begins with well-known names."""
    for order, number in enumerate(reversed(range(source.users))):
        yield PastPost(
            author_id=ids[number],
            text=source.text_of(number),
            published_at=source.first_post + order * SPACING,
            sequence=number % 1024,
        )


def last_past_moment(source: Source) -> datetime:
    """Return when the newest past post was published; what is newer was published for real."""
    return source.first_post + (source.users - 1) * SPACING


def _create_famous(source: Source) -> None:
    """Make the few who can log in, the way everybody is made: with an event, by the service."""
    for username in source.famous[: source.users]:
        with contextlib.suppress(accounts.UsernameTaken):
            accounts.create_account(
                username=username, email=f"{username}@example.org", password=PASSWORD, now=clock.now()
            )


def _load_accounts(source: Source, console: Console) -> list[int]:
    names = [source.username(number) for number in range(source.users)]
    ids: list[int] = []
    with step("Accounts", source.users, console) as shown:
        for chunk in in_chunks(names, ACCOUNTS_AT_ONCE):
            ids += accounts.create_accounts_in_bulk(chunk, now=clock.now())
            shown.advance(len(chunk))
    return ids
