"""Whether what is ready has its file, and whether each file has its export: found, and mended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from modules.exports.models import Export
from modules.exports.services.making import make_export
from modules.kernel import clock
from modules.media.storages import media_storage
from sharding.scope import writing_for
from tests.kit.audits import audit, kinds
from tests.kit.delivery import drain
from tests.kit.exports import ask_for, files_of
from tests.kit.people import make_person

pytestmark = pytest.mark.django_db

ONLY = ("--only", "exports.rows", "--only", "exports.files")


@pytest.fixture
def later(monkeypatch):
    """Have it be two hours later: what is younger than one is left out."""
    now = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: now)


def test_names_and_mends_what_was_planted(request):
    ada, ben, cleo = (make_person(shard=shard) for shard in (3, 4, 4000))
    well, lost, orphan = (_made(person) for person in (ada, ben, cleo))
    waiting = ask_for(ada, "report_pdf")
    assert kinds(audit(*ONLY)[1]) == set()
    request.getfixturevalue("later")
    assert audit(*ONLY)[0] == 0
    media_storage().delete(files_of(lost))
    with writing_for(cleo.id):
        Export.objects.of(cleo.id).filter(id=orphan).delete()

    code, found = audit(*ONLY)

    assert (code, kinds(found)) == (
        1,
        {("exports.rows", "files_missing", lost, 0), ("exports.files", "files_without_row", orphan, 0)},
    )
    assert len(files_of(orphan)) == 1
    assert audit(*ONLY, "--repair")[0] == 0
    drain()
    assert kinds(audit(*ONLY)[1]) == set()
    assert [len(files_of(id)) for id in (well, lost, orphan)] == [1, 0, 0]
    left = [
        list(Export.objects.of(person.id).on_primary().order_by("id").values_list("id", flat=True))
        for person in (ada, ben, cleo)
    ]
    assert left == [[well, waiting], [], []]
    # What was lost by nobody's wish may be had again.
    assert ask_for(ben) > lost


def _made(person):
    export_id = ask_for(person)
    make_export(person.id, export_id, now=clock.now())
    drain()
    return export_id
