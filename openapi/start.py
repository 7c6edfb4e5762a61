"""What an integrator reads first: how everything is called, and what each group of operations gives."""

import re
from importlib import import_module
from pathlib import Path

from modules.kernel import limits
from openapi.components import Schema

_TEXT = Path(__file__).with_name("start.md")
# The order in which somebody who builds on this meets them; a context that is not listed comes after those.
TAGS = {
    "posts": "Publish, read and delete posts, one or many at once.",
    "timelines": "The caller's home: the posts of those they follow, newest first, with their authors.",
    "media": "Images and videos: get a form to upload one by, say that it arrived, describe and delete it.",
    "search": "Find posts by their words, and people by their names.",
    "realtime": "Be told what happens as it happens: tickets for sockets, and the same by asking.",
    "notifications": "What happened to the caller: grouped and counted, and how they want to be told.",
    "push": "Have notifications pushed to browsers and apps.",
    "mailings": "When the caller is mailed digests, and the newsletter, which operators write and send.",
    "profiles": "How people present themselves: one's own profile, others', and who follows whom.",
    "graph": "Follow and unfollow, decide who follows, and see how one stands to others.",
    "accounts": "Sessions and apps: what is logged in or let in, and apps of one's own with their keys.",
    "exports": "Take along what is one's own: an archive of all of it, or a report of a year as a PDF.",
    "operations": "How every server, process and queue is, for who operates the service.",
    "auth": "Sign up, log in and out; second factors, passwords and addresses. `app` as `client` answers "
    "session tokens, `browser` sets a cookie.",
}


def describe() -> str:
    """Return the start for integrators, with the limits as they are."""
    return _TEXT.read_text().replace("{limits}", _table()).rstrip()


def arrange(contract: Schema) -> None:
    """Put tags and paths in the order in which they are met, and describe the tags."""
    found = {tag for item in contract["paths"].values() for tag in _tags(item)}
    order = [*(tag for tag in TAGS if tag in found), *sorted(found - TAGS.keys())]
    contract["tags"] = [{"name": tag, "description": TAGS.get(tag) or _of_context(tag)} for tag in order]
    places = {
        path: (order.index(_tags(item)[0]), at) for at, (path, item) in enumerate(contract["paths"].items())
    }
    contract["paths"] = dict(sorted(contract["paths"].items(), key=lambda entry: places[entry[0]]))


def _tags(item: Schema) -> list[str]:
    """Return the tags of a path's operations."""
    return [tag for part in item.values() if isinstance(part, dict) for tag in part.get("tags", [])]


def _of_context(tag: str) -> str:
    """Return what a context says of itself."""
    try:
        said = import_module(f"modules.{tag}").__doc__ or tag
    except ModuleNotFoundError:
        said = tag
    return re.sub(r"[.;] [Ss]ee README\.md\.$", ".", said)


def _table() -> str:
    """Return every limit as a row."""
    rows = [
        f"| `{limit.name}` | {limit.quota:,} in {_span(limit.window)} | {counts} |"
        for limit, counts in limits.list_declared()
    ]
    return "\n".join(["| limit | figure | counts |", "|---|---|---|", *rows])


def _span(seconds: int) -> str:
    """Return a window in the unit that reads best."""
    for name, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds % size == 0:
            return f"{seconds // size} {name}"
    return f"{seconds} s"
