"""However many people there are, an archive and a report read the rows of one."""

from __future__ import annotations

import pytest

from modules.exports.services.making import make_export, resume_exports
from modules.exports.services.sweeps import forget_expired
from modules.kernel import clock
from modules.posts.services.bookmarks import add_bookmark
from modules.posts.services.reactions import add_reaction
from sharding import scatter
from tests.journeys.crowd import fill
from tests.journeys.scans import Watch
from tests.kit.delivery import drain, until_replicated
from tests.kit.exports import ask_for
from tests.kit.people import make_person, sign_up
from tests.kit.posts import publish, repost

pytestmark = pytest.mark.django_db


def test_look_through_no_large_table():
    watch = Watch(fill())
    ada, ben = sign_up("ada"), make_person()
    theirs = publish(ben)
    publish(ada)
    repost(ada, theirs)
    add_bookmark(ada.id, theirs)
    add_reaction(ada.id, theirs, "like")
    drain()
    until_replicated()

    with scatter.serially():
        for kind in ("archive", "report_pdf"):
            export_id = ask_for(ada, kind)
            with watch.over(kind):
                make_export(ada.id, export_id, now=clock.now())
        with watch.over("clock"):
            resume_exports(now=clock.now())
            forget_expired(now=clock.now())

    assert watch.found == {}
