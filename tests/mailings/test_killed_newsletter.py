"""An issue goes round while whoever sends it is killed again and again: it resumes, and each gets it once."""

from __future__ import annotations

from itertools import count

import pytest

from modules.kernel import clock
from modules.mail.services.sending import TRIED_AGAIN_AFTER, send_waiting_mails
from modules.mailings.selectors.issues import get_issue
from modules.mailings.services.issues import set_state
from tests.kit.delivery import undelivered
from tests.mailings.killed import lives
from tests.mailings.kit import let_leases_end, mailed, make_reader, write_issue

pytestmark = pytest.mark.django_db

# In one part more than two steps of two (lives.py), in others fewer; on both instances.
SHARDS = (5, 5, 5, 5, 5, 70, 2047, 2048, 4000, 4000)
# No multiple of what a step of a part takes, so that lives end at different places of it.
STEPS = 37


def test_an_issue_whose_sender_is_killed_again_and_again_reaches_everybody_once(
    tmp_path, settings, monkeypatch
):
    readers = [make_reader(shard=shard) for shard in SHARDS]
    issue_id = write_issue()
    set_state(issue_id, "sending", now=clock.now())

    with lives(tmp_path, settings, monkeypatch) as (sink, killed):
        for deaths in count():
            if not killed.live(STEPS + deaths):
                break
            let_leases_end()
        send_waiting_mails(now=clock.now() + TRIED_AGAIN_AFTER * 2)

    assert deaths > 5
    assert sink.receivers() == sorted(f"{reader.username}@example.org" for reader in readers)
    assert (mailed(), undelivered()) == ([], [])
    card = get_issue(issue_id)
    assert (card.state, card.mailed) == ("sent", len(readers))
