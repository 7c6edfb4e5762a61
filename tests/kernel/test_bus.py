"""News between contexts: what a process reads of an event that another one has recorded."""

from __future__ import annotations

import pytest

from modules.kernel.bus import read_event
from modules.posts.events import PostPublished


class TestReadEvent:
    def test_leaves_unread_what_a_later_release_has_added(self):
        payload = {"post_id": 1, "author_id": 2, "audience": 1, "of_next_release": True}

        assert read_event(PostPublished, payload) == PostPublished(post_id=1, author_id=2, audience=1)

    def test_takes_defaults_for_what_an_earlier_one_did_not_know(self):
        payload = {"post_id": 1, "author_id": 2}

        assert read_event(PostPublished, payload) == PostPublished(post_id=1, author_id=2, audience=0)

    def test_refuses_what_is_none(self):
        with pytest.raises(TypeError, match="author_id"):
            read_event(PostPublished, {"post_id": 1})
