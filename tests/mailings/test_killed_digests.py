"""A digest run is killed at each of its steps and run again: everybody is mailed exactly once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from modules.kernel import clock
from modules.mail.services.sending import TRIED_AGAIN_AFTER, send_waiting_mails
from modules.mailings.services.due_digests import announce_due_digests
from modules.posts import public as posts
from tests.kit.delivery import drain, undelivered
from tests.kit.people import make_person
from tests.kit.posts import publish
from tests.mailings.killed import lives
from tests.mailings.kit import let_leases_end, mailed, make_digested, make_due, make_popular

pytestmark = pytest.mark.django_db

MOST = 200
A_MOMENT = timedelta(seconds=1)


def test_a_run_that_is_killed_at_each_of_its_steps_mails_everybody_once(tmp_path, settings, monkeypatch):
    post_id = publish(make_person(), "Something worth reading")
    posts.add_reaction(make_person().id, post_id, "like")
    drain()
    make_popular()
    repeats: Counter[int] = Counter()

    with lives(tmp_path, settings, monkeypatch) as (sink, killed):
        for step in range(1, MOST):
            people = [make_digested(shard=3), make_digested(shard=4000)]
            for person in people:
                make_due(person, clock.now())
            drain()
            sink.raw.clear()

            was_killed = killed.live(step)
            let_leases_end()
            later = clock.now() + TRIED_AGAIN_AFTER + A_MOMENT
            announce_due_digests(now=later)
            drain()
            send_waiting_mails(now=later)

            assert sink.receivers() == sorted(f"{person.username}@example.org" for person in people), step
            assert (mailed(), undelivered()) == ([], [])
            repeats[len(sink.raw) - len(people)] += 1
            if not was_killed:
                break

    assert step > 20
    # Of each of the two mails there are two steps between the server's yes and the note of it. What it is
    # sent again then bears the name of the first, by which mail programs show one.
    assert repeats == {0: step - 4, 1: 4}
