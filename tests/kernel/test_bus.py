"""News between contexts: what a process reads of an event that another one has recorded."""

from __future__ import annotations

import pytest
from celery import current_app

from config.settings.queues import TASK_TIME_LIMIT_S
from modules.exports.services.making import TIME_LIMIT
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


class TestSubscribes:
    def test_lets_a_task_have_a_time_limit_of_its_own_and_all_others_the_common_one(self):
        current_app.loader.import_default_modules()
        limits = {
            name: (task.time_limit, task.soft_time_limit)
            for name, task in current_app.tasks.items()
            if task.time_limit not in (None, TASK_TIME_LIMIT_S)
        }

        assert limits == {"exports.make_export": (TIME_LIMIT, TIME_LIMIT - 10)}
