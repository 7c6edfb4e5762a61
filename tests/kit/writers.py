"""People who post in a closed loop and repeat what was not acknowledged, as a client does."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Sequence

from tests.kit.client import Client


class Writers:
    """One thread for each person; `acknowledged` is what each was told, in order, and when."""

    def __init__(self, people: Sequence[Client]) -> None:
        self.acknowledged: dict[str, list[tuple[float, str]]] = {person.id: [] for person in people}
        self.failures: list[int | str] = []
        self._is_over = threading.Event()
        self._threads = [
            threading.Thread(target=self._write, args=[person], daemon=True) for person in people
        ]
        for thread in self._threads:
            thread.start()

    def count(self) -> int:
        """Return how many posts were acknowledged to all of them together."""
        return sum(map(len, self.acknowledged.values()))

    def all_were_told_since(self, moment: float) -> bool:
        """Return whether each was told of a post since then."""
        return all(told and told[-1][0] > moment for told in self.acknowledged.values())

    def first_after(self, moment: float) -> float:
        """Return how long after a moment the next acknowledgement came, in seconds."""
        return min(at for told in self.acknowledged.values() for at, _ in told if at > moment) - moment

    def ids(self) -> set[str]:
        """Return which posts were acknowledged."""
        return {post for told in self.acknowledged.values() for _, post in told}

    def end(self) -> None:
        """Let each finish what they are at."""
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def _write(self, person: Client) -> None:
        number = 0
        while not self._is_over.is_set():
            number += 1
            post = self._post_until_told(person, f"{person.id}-{number}")
            if post:
                self.acknowledged[person.id].append((time.monotonic(), post))
            # All that they write fits into one home.
            self._is_over.wait(0.1)

    def _post_until_told(self, person: Client, key: str) -> str:
        """Repeat with the same key until it is acknowledged; nothing at the end of all."""
        while not self._is_over.is_set():
            try:
                answer = person.call("POST", "/v1/posts", {"text": key}, Idempotency_Key=key)
            except (http.client.HTTPException, OSError) as error:
                self.failures.append(type(error).__name__)
                continue
            if answer.status == 201:
                return str(answer.body["id"])
            self.failures.append(answer.status)
            self._is_over.wait(0.05)
        return ""
