"""Redis emptied and stopped under load: slower answers, never wrong ones."""

import threading
from functools import partial

import pytest

from tests.kit.client import Client
from tests.kit.machines import until

pytestmark = pytest.mark.django_db

READERS = 3


def shows(reader: Client, expected: list[str]) -> bool:
    return reader.home() == expected


class Load:
    """Readers who ask for their homes again and again, and remember every answer that was not right."""

    def __init__(self, readers: list[Client], expected: list[str]) -> None:
        self.answers = 0
        self.wrong: list[object] = []
        self._expected, self._stop = expected, threading.Event()
        self._threads = [threading.Thread(target=self._read, args=[reader]) for reader in readers]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def goes_on(self, answers: int = 30) -> None:
        """Wait for so many more answers."""
        target = self.answers + answers
        until(lambda: self.answers >= target)

    def _read(self, reader: Client) -> None:
        while not self._stop.is_set():
            answer = reader.call("GET", "/v1/timelines/home")
            texts = [card["text"] for card in answer.body["data"]] if answer.status == 200 else answer
            if texts != self._expected:
                self.wrong.append(texts)
            self.answers += 1


class TestRedis:
    def test_may_be_emptied_stopped_and_started_under_load(self, stack):
        stack.run_relay()
        stack.run_worker()
        api = stack.run_api()
        author = Client(api.url).sign_up("ada")
        readers = [Client(api.url).sign_up(f"reader{number}") for number in range(READERS)]
        for reader in readers:
            reader.follow(author)
        posts = [f"post {number}" for number in range(5)]
        for text in posts:
            author.post(text)
        expected = posts[::-1]
        for reader in readers:
            until(partial(shows, reader, expected))

        with Load(readers, expected) as load:
            load.goes_on()
            stack.flush_redis()
            load.goes_on()
            stack.stop_redis()
            load.goes_on()
            stack.start_redis()
            load.goes_on()

        assert load.wrong == []

    def test_may_be_away_while_people_follow_post_and_delete(self, stack):
        relay = stack.run_relay()
        stack.run_worker()
        api = stack.run_api()
        author, reader = Client(api.url).sign_up("ada"), Client(api.url).sign_up("vera")
        reader.follow(author)
        kept, deleted = author.post("kept"), author.post("deleted")
        until(lambda: reader.home() == ["deleted", "kept"])

        stack.stop_redis()
        assert author.call("DELETE", f"/v1/posts/{deleted}").status == 204
        late = author.post("late")
        assert reader.home() == ["late", "kept"]
        stack.start_redis()

        until(lambda: reader.home() == ["late", "kept"])
        assert reader.home_to_the_end() == [late, kept]
        assert relay.is_running
