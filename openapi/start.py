"""What an integrator reads first: how everything is called, and what each group of operations gives."""

import re
from importlib import import_module
from pathlib import Path

from modules.kernel.limits import LimitSettings
from openapi.components import Schema

_TEXT = Path(__file__).with_name("start.md")
# The order in which somebody who builds on this meets them; a context that is not listed comes after those.
TAGS = {
    "posts": "Publish, read and delete posts, one or many at once.",
    "timelines": "The caller's home: the posts of those they follow, newest first, with their authors.",
    "profiles": "How people present themselves: one's own profile, others', and who follows whom.",
    "graph": "Follow and unfollow, and see how one stands to others.",
    "accounts": "Sessions and apps: what is logged in or let in, and apps of one's own with their keys.",
    "auth": "Sign up, log in and out; second factors, passwords and addresses. `app` as `client` answers "
    "session tokens, `browser` sets a cookie.",
}
# Who is counted by each limit, by its field in LimitSettings.
COUNTED = {
    "reads": "what a user reads, through all apps together",
    "writes": "what a user writes, through all apps together",
    "apps": "what an app does with its keys and its own tokens",
    "anonymous": "what an address asks without credentials",
    "guesses": "an address's requests with credentials that nobody holds",
    "sign_in": "an address's requests under `/auth/` and `/identity/`, whatever their method",
    "sign_ups": "an address's sign-ups",
    "log_ins_of_account": "log-ins to one account",
    "log_ins_of_address": "log-ins from one address",
    "log_ins_of_pair": "log-ins to one account from one address",
    "resets_of_account": "requests for a new password, by account",
    "resets_of_address": "requests for a new password, by address",
    "second_factors": "codes of a second factor for one log-in",
    "steps": "an address's other steps under `/auth/`",
}


def describe(settings: LimitSettings) -> str:
    """Return the start for integrators, with the limits as they are."""
    return _TEXT.read_text().replace("{limits}", _table(settings)).rstrip()


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


def _table(settings: LimitSettings) -> str:
    """Return every limit as a row; one that nobody has described shows up by its name alone."""
    known = {name: getattr(settings, name) for name in LimitSettings.__dataclass_fields__}
    rows = [
        f"| `{limit.name}` | {limit.quota:,} in {_span(limit.window)} | {COUNTED.get(field, '')} |"
        for field, limit in known.items()
        if hasattr(limit, "quota")
    ]
    return "\n".join(["| limit | figure | counts |", "|---|---|---|", *rows])


def _span(seconds: int) -> str:
    """Return a window in the unit that reads best."""
    for name, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds % size == 0:
            return f"{seconds // size} {name}"
    return f"{seconds} s"
