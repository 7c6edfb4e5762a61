"""Whether a read answers what it ought to."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.histories.looks import Look, Looks
from tests.kit.http import Response

_STANDS = ("following", "requested", "followed_by", "requested_by", "reposts", "blocking", "muting")


_turns = count()


def look_around(looks: Looks, *, at_once: bool, nth: int = 1) -> None:
    """
    Have somebody look at all there is, or at each `nth`, others in turn.

    With `at_once` before the relay has delivered what was done.
    """
    for look in looks.list()[next(_turns) % nth :: nth]:
        answer = looks.town.ask(looks.viewer, "GET", look.path)
        found, expected = read(answer, look), look.expected
        if at_once:
            found, expected = _without_counts(found), _without_counts(expected)
        if (at_once and look.later) or look.for_good:
            expected = look.still if at_once and look.still else look.expected
            assert _holds(looks, look, found, expected), _say(looks, look, found)
        else:
            assert found == expected, _say(looks, look, found)


def read(answer: Response, look: Look) -> dict[str, Any]:
    """Return of an answer what is claimed of it."""
    if answer.status != 200:
        return {"status": answer.status}
    return {
        name: _READ[name](answer.body)
        for name in (look.expected if "status" not in look.expected else ["posts"])
    }


def _holds(looks: Looks, look: Look, found: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Return whether what is shown may be seen, though something may be lacking yet."""
    if "status" in found or "status" in expected:
        return found == expected
    if look.later == "seen":
        return all(map(looks.sees, found.get("users", found.get("reactions", []))))
    shown = found["posts"]
    in_order = [id for id in expected["posts"] if id in shown] == shown
    return in_order and all(found["texts"][id] == expected["texts"][id] for id in found["texts"])


def _without_counts(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name != "counts"}


def _say(looks: Looks, look: Look, found: dict[str, Any]) -> str:
    names = looks.town.names
    return (
        f"{look.operation} of {names.get(looks.viewer or 0, 'nobody')}: {look.path}\n"
        f"  shown:    {found}\n  expected: {look.expected}\n  people: {names}"
    )


def _list(body: Any) -> list[Any]:
    return body["data"] if isinstance(body["data"], list) else [body["data"]]


def _ids(body: Any) -> list[int]:
    return [int(card["id"]) for card in _list(body)]


def _texts(body: Any) -> dict[int, str]:
    cards = [*_list(body), *body["included"]["posts"].values()]
    return {int(card["id"]): card["text"] for card in cards}


_READ = {
    "users": _ids,
    "posts": _ids,
    "texts": _texts,
    "authors": lambda body: set(map(int, body["included"]["users"])),
    "counts": lambda body: {int(id): state.get("counts", state) for id, state in body["state"].items()},
    "mine": lambda body: {int(id): state.get("mine") for id, state in body["state"].items()},
    "missing": lambda body: list(map(int, body["missing"])),
    "deleted": lambda body: list(map(int, body["deleted"])),
    "said": lambda body: [revision["text"] for revision in body["data"]],
    "reactions": lambda body: [int(reaction["user_id"]) for reaction in body["data"]],
    "relationships": lambda body: {
        int(stands["user_id"]): {name: stands[name] for name in _STANDS} for stands in body["data"]
    },
}
