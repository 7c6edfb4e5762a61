"""Deliveries are sent through Celery, and no longer where nobody takes them."""

from __future__ import annotations

from sharding.delivery import sending


class TestSendByCelery:
    def test_adds_nothing_to_a_queue_that_is_long_enough(self, stack, monkeypatch):
        monkeypatch.setattr(sending, "LONGEST_QUEUE", 3)
        monkeypatch.setattr(sending, "LOOK_AGAIN_S", 0)
        stack.flush_redis()

        for _ in range(8):
            sending.send_by_celery("posts.nobody", "default", "a", [])
        found = stack.queue_length("default")
        stack.flush_redis()

        assert found == 3

    def test_does_not_look_each_time(self, stack, monkeypatch):
        sending._looked.clear()
        looked: list[str] = []
        look = sending.length_of
        monkeypatch.setattr(sending, "length_of", lambda queue: (looked.append(queue), look(queue))[1])  # type: ignore[func-returns-value]

        for _ in range(8):
            sending.send_by_celery("posts.nobody", "default", "a", [])
        stack.flush_redis()

        assert looked == ["default"]
