"""`manage.py demo`: people, follows and posts to look at, small or real."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from deploy.demo.conversations import converse
from deploy.demo.files import Unreadable
from deploy.demo.live import FanOut, is_relaying, live, rank
from deploy.demo.load import load
from deploy.demo.pictures import DRESSED, dress
from deploy.demo.source import FAMOUS, PASSWORD, Source, read
from modules.accounts import public as accounts
from modules.kernel import clock

FEWEST = 2


def add_source_arguments(parser: ArgumentParser) -> None:
    """Add the arguments that name a source."""
    parser.add_argument("--follows", type=Path, help="follower<TAB>followee lines, gzipped")
    parser.add_argument("--texts", type=Path, help="one text a line, gzipped UTF-8")
    parser.add_argument("--users", type=int, help="only the N most followed")


def read_source(follows: Path | None, texts: Path | None, users: int | None) -> Source:
    """
    Return the source that the arguments name.

    :raises CommandError: if a file cannot be read, or what it holds is no graph
    """
    if users is not None and users < FEWEST:
        raise CommandError(f"--users: at least {FEWEST}, for one of them has to be followed.")
    try:
        source = read(follows, texts, users)
    except Unreadable as error:
        raise CommandError(str(error)) from None
    _check_cap(source)
    return source


def _check_cap(source: Source) -> None:
    """
    Refuse a graph that nobody could have made by following.

    :raises CommandError: if somebody follows more than anybody may
    """
    cap = settings.GRAPH.following_cap
    follower, count = max(Counter(edge[0] for edge in source.follows).items(), key=lambda pair: pair[1])
    if count > cap:
        raise CommandError(
            f"{source.username(follower)} would follow {count:,}, and BANYAN_FOLLOWING_CAP is {cap:,}."
            " Raise it, or load fewer people by --users."
        )


class Command(BaseCommand):
    """Load a demo: the real graph from files, or a small one of its own."""

    help = "Load people, follows and posts; with --follows the real graph. Runs again where it broke off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_source_arguments(parser)
        parser.add_argument("--if-empty", action="store_true", help="do nothing if a demo is there already")
        parser.add_argument(
            "--print-access", action="store_true", help="print a demo log-in and a token as JSON"
        )
        parser.add_argument(
            "--pictures",
            type=int,
            default=DRESSED,
            help=f"how many get an avatar, and a few of them covers and photos (default: {DRESSED})",
        )
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LIVE_PAGE:
            raise CommandError("No demo where people are: everybody knows the password of who is in it.")
        if options["print_access"]:
            self.stdout.write(json.dumps(access()))
            return
        if options["if_empty"] and accounts.find_user_id(FAMOUS[0]) is not None:
            self.stdout.write("A demo is there already.")
            return
        source = read_source(options["follows"], options["texts"], options["users"])
        console = Console(stderr=options["json"])
        self._tell_before(source)
        began = time.monotonic()
        ids = load(source, console)
        dress(source, ids, options["pictures"], console)
        converse(source, ids, options["pictures"], console)
        loaded_s = time.monotonic() - began
        deliveries = live(source, ids, console) if is_relaying() else None
        rank()
        figures = _figures(source, loaded_s, deliveries)
        self.stdout.write(json.dumps(figures, indent=2) if options["json"] else _told(figures))

    def _tell_before(self, source: Source) -> None:
        """Say what of the file is left out, and whether it is there already."""
        for reason, count in source.left_out.items():
            if count:
                self.stderr.write(f"{count:,} line{'s' * (count > 1)} left out: they {reason}.")
        if accounts.find_user_id(source.username(source.users - 1)) is not None:
            self.stderr.write("People of these names are there already: what is missing is added to them.")


def access() -> dict[str, str]:
    """
    Return a demo log-in and a working session token.

    :raises CommandError: if there is no demo
    """
    user_id = accounts.find_user_id(FAMOUS[0])
    if user_id is None:
        raise CommandError("There is no demo yet. Load one: manage.py demo")
    token = accounts.issue_session_token(user_id, now=clock.now())
    return {
        "email": f"{FAMOUS[0]}@example.org",
        "password": PASSWORD,
        "token": token,
        "user_id": str(user_id),
    }


def _figures(source: Source, loaded_s: float, deliveries: list[FanOut] | None) -> dict[str, Any]:
    return {
        "users": source.users,
        "follows": len(source.follows),
        "loaded_s": round(loaded_s, 1),
        "fan_out": None
        if deliveries is None
        else [
            {
                "author": post.author,
                "followers": post.followers,
                "reached_ms": None if post.reached_ms is None else round(post.reached_ms, 1),
            }
            for post in deliveries
        ],
    }


def _told(figures: dict[str, Any]) -> str:
    lines = [
        f"{figures['users']:,} users and {figures['follows']:,} follows loaded in {figures['loaded_s']} s."
    ]
    if figures["fan_out"] is None:
        lines.append("No relay is running, so nothing was published; start `make up` and run the demo again.")
    for post in figures["fan_out"] or []:
        reached = (
            "did not reach all" if post["reached_ms"] is None else f"{post['reached_ms']:,.0f} ms to the last"
        )
        lines.append(f"{post['author']}'s post: {reached} of {post['followers']:,} followers' windows.")
    return "\n".join(lines)
