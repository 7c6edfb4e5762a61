"""No door returns posts or people without knowing who looks."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import BaseModel

from config.settings.contexts import CONTEXTS
from modules.graph.schemas import Viewer
from modules.kernel.cards import RenderedCard
from modules.kernel.rendered import Rendered
from modules.posts.schemas import PostCard, PostHead, PostPage
from modules.posts.selectors.visibility import Visible
from modules.profiles.schemas import MeView, UserCard, UserHead

SHOWN = (PostCard, PostHead, UserCard, UserHead)

# What returns cards and asks nobody who looks, and why.
EXEMPT = {
    # A row's card for the cache: whoever takes it from there asks.
    "modules.posts.selectors.cards.render",
    "modules.posts.selectors.cards.render_posts",
    "modules.posts.selectors.cards.to_card",
    "modules.profiles.selectors.cards.render",
    "modules.profiles.selectors.cards.render_users",
    "modules.profiles.selectors.cards.to_card",
    # Puts side by side what it is given.
    "modules.posts.selectors.pages.build_list",
    "modules.posts.selectors.pages.build_page",
    "modules.posts.selectors.pages.originals_of",
    "modules.profiles.selectors.users.build_user_page",
    # Leaves out of what it is given.
    "modules.timelines.selectors.rounds.leave_out_muted",
    # Show writers what they have just written themselves.
    "modules.posts.services.drafts.publish_draft",
    "modules.posts.services.drafts.publish_locked",
    "modules.posts.services.edits.edit_post",
    "modules.posts.services.posts.insert_post",
    "modules.posts.services.posts.publish_post",
    "modules.posts.services.reposts.repost",
    "modules.profiles.services.profiles.edit_profile",
}


@cache
def shows(kind: Any) -> bool:
    """Return whether a type is a post or a person, or holds one."""
    if kind in SHOWN:
        return True
    parts = list(get_args(kind))
    if isinstance(kind, type):
        if issubclass(kind, BaseModel):
            parts += [field.annotation for field in kind.model_fields.values()]
        elif issubclass(kind, tuple) and hasattr(kind, "_fields"):
            parts += get_type_hints(kind).values()
    return any(shows(part) for part in parts if part is not kind and not isinstance(part, list))


def functions(context: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield what a context's selectors and services offer; its doors are made of nothing else."""
    for layer in ("selectors", "services"):
        try:
            package = importlib.import_module(f"modules.{context}.{layer}")
        except ModuleNotFoundError:
            continue
        for found in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{found.name}")
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if function.__module__ == module.__name__ and not name.startswith("_"):
                    yield f"{module.__name__}.{name}", function


def without_viewer(context: str) -> set[str]:
    """Return what shows posts or people and takes no viewer."""
    return {
        name
        for name, function in functions(context)
        for hints in [get_type_hints(function)]
        if shows(hints.pop("return", None)) and Viewer not in hints.values()
    }


class TestDoors:
    @pytest.mark.parametrize(
        "kind", [PostPage, Rendered[MeView], Visible, dict[int, PostCard], RenderedCard[UserHead] | None]
    )
    def test_are_known_by_what_they_return(self, kind):
        assert shows(kind)

    def test_that_return_posts_or_people_take_a_viewer(self):
        found = {name for context in CONTEXTS for name in without_viewer(context)}

        assert found == EXEMPT

    @pytest.mark.parametrize("context", CONTEXTS)
    def test_are_made_of_selectors_and_services(self, context):
        public = importlib.import_module(f"modules.{context}.public")
        made = {
            function.__module__
            for _, function in inspect.getmembers(public, inspect.isfunction)
            if not function.__module__.startswith(
                (f"modules.{context}.selectors", f"modules.{context}.services")
            )
        }

        assert made == set()
