"""The report of a year: figures from those who own them, and texts as they can be printed."""

from collections.abc import Callable
from datetime import datetime
from typing import IO, Any, Final

import orjson

from modules.exports.processing import typeset
from modules.exports.processing.printable import BOX, shorten, to_printable
from modules.graph import public as graph
from modules.posts import public as posts
from modules.profiles import public as profiles

# Of a post, whose whole text is in the archive.
_MOST_TEXT: Final = 400
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def write_report(
    user_id: int,
    year: int,
    target: IO[bytes],
    *,
    service: str,
    now: datetime,
    tell: Callable[[int], None],
) -> None:
    """
    Write a report of a user's year as a PDF into an open file.

    :param tell: is told after each page of posts how much is done, in percent
    :raises NotTypeset: if no PDF came of it
    """
    wrote = posts.read_year(user_id, year, on_page=lambda: tell(30))
    tell(60)
    followers = graph.count_new_followers(user_id, year)
    tell(80)
    data = _describe(user_id, year, wrote, followers, service=service, now=now)
    typeset(orjson.dumps(data), target)


def _describe(
    user_id: int, year: int, wrote: posts.YearOfPosts, followers: list[int], *, service: str, now: datetime
) -> dict[str, Any]:
    """Return what the template reads."""
    called = profiles.map_names([user_id])[user_id]
    name = to_printable(called.display_name) or called.username
    so_far = " so far" if year == now.year else ""
    told = {
        "title": f"{name}: {year} on {service}",
        "heading": f"Your {year}{so_far}",
        "service": service,
        "name": name,
        "username": called.username,
        "footer": f"Made on {_to_date(now)} from your own account, for you alone.",
        "totals": {
            "posts": sum(wrote.by_month),
            "reposts": wrote.reposts,
            "reactions": wrote.reactions,
            "followers": sum(followers),
        },
        "posts_by_month": wrote.by_month,
        "followers_by_month": followers,
        "top": [
            {
                "text": to_printable(shorten(each.text, _MOST_TEXT)),
                "date": _to_date(each.published_at),
                "reactions": each.reactions,
            }
            for each in wrote.top
        ],
        "tags": [{"tag": to_printable(tag), "posts": count} for tag, count in wrote.tags],
    }
    return {**told, "has_boxes": BOX in orjson.dumps(told).decode()}


def _to_date(moment: datetime) -> str:
    """Return a date in words, whatever the locale is."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
