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
    "anonymous": "what an address asks without credentials",
    "apps": "what an app does with its keys and its own tokens",
    "guesses": "an address's requests with credentials that nobody holds",
    "sign_in": "an address's requests under `/auth/` and `/identity/`",
    "sign_ups": "an address's sign-ups",
    "log_ins_of_account": "log-ins under one name, from where its owner has not got in before",
    "log_ins_of_address": "log-ins from one address",
    "log_ins_of_pair": "log-ins under one name from one address",
    "log_ins_of_pair_hourly": "the same, over an hour",
    "resets_of_address": "requests for a new password, by address",
    "second_factors": "wrong second factors and passwords of one person",
    "codes": "tries at one mailed code",
    "mails_hourly": "mails to one receiver that anybody can ask for",
    "mails_daily": "the same, over a day",
    "mails_of_strangers_hourly": "of those, mails asked for from where the receiver has not got in before",
    "mails_of_strangers_daily": "the same, over a day",
    "notices_hourly": "mails to one person about what was done to their account",
    "notices_daily": "the same, over a day",
    "open_sessions": "an address's new sessions that are nobody's",
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
    """Return every limit as a row."""
    known = {name: getattr(settings, name) for name in LimitSettings.__dataclass_fields__}
    rows = [
        f"| `{limit.name}` | {limit.quota:,} in {_span(limit.window)} | {COUNTED[field]} |"
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
