"""What a request tells Redis at once, a subscriber of its own context repeats."""

import ast
import importlib
from collections.abc import Iterator

from config.env import ROOT
from config.settings.contexts import CONTEXTS
from modules.kernel.derived import FACTS


def repeats(context: str) -> Iterator[tuple[str, str, str]]:
    """Yield context, event and function for each call that a context's subscribers or their helpers make."""
    path = ROOT / "modules" / context / "tasks.py"
    body = ast.parse(path.read_text()).body if path.exists() else []
    functions = {each.name: each for each in body if isinstance(each, ast.FunctionDef)}
    for function in functions.values():
        for mark in function.decorator_list:
            if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "subscribes":
                called = set(calls_of(function))
                for name in called | {
                    each for one in called & set(functions) for each in calls_of(functions[one])
                }:
                    yield context, ast.unparse(mark.args[0]), name


def calls_of(function: ast.FunctionDef) -> Iterator[str]:
    """Yield the names of what a function calls."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def test_every_derived_fact_is_repeated_by_each_of_its_events():
    for context in CONTEXTS:
        if (ROOT / "modules" / context / "tasks.py").exists():
            importlib.import_module(f"modules.{context}.tasks")
    wanted = {(fact.context, event.__name__, fact.name) for fact in FACTS for event in fact.events}

    found = {call for context in CONTEXTS for call in repeats(context)}

    assert wanted == {
        ("accounts", "CredentialsEnded", "cache_revocations"),
        ("accounts", "SessionEnded", "cache_revocations"),
        ("accounts", "SessionsRevoked", "cache_epoch"),
        ("graph", "FollowConfirmed", "drop_following"),
        ("graph", "Followed", "drop_following"),
        ("graph", "Unfollowed", "drop_following"),
        ("graph", "TiesChanged", "renew_ties"),
        ("media", "MediaDeleted", "put_tombstone"),
        ("media", "MediaEdited", "renew_card"),
        ("media", "MediaFailed", "renew_card"),
        ("media", "MediaReady", "renew_card"),
        ("posts", "BookmarksChanged", "cache_marks"),
        ("posts", "PostDeleted", "put_tombstone"),
        ("posts", "PostShared", "renew_counts"),
        ("posts", "ReactionAdded", "cache_marks"),
        ("posts", "ReactionAdded", "renew_counts"),
        ("posts", "ReactionRemoved", "cache_marks"),
        ("posts", "ReactionRemoved", "renew_counts"),
        ("posts", "Replied", "renew_counts"),
        ("posts", "ReplyRemoved", "renew_counts"),
        ("posts", "ShareRemoved", "renew_counts"),
        ("posts", "PostEdited", "renew_card"),
        ("profiles", "ProfileEdited", "renew_card"),
        ("timelines", "PostPublished", "push_to_author"),
    }
    assert wanted <= found


def test_no_service_decides_by_itself_what_to_do_without_redis():
    catching = {
        str(path.relative_to(ROOT))
        for path in ROOT.glob("modules/*/services/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler) and node.type and "RedisUnavailable" in ast.unparse(node.type)
    }

    assert catching == {
        # Principals are read there, and a reader asks the directory.
        "modules/accounts/services/principals.py",
        # It decides nothing: what keeps logs comes round again.
        "modules/realtime/services/process.py",
    }
