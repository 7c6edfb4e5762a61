"""`shards audit` of rows and files: what is planted is named, and mended, on both storages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from modules.kernel import clock
from modules.media.models import Media
from modules.media.schemas import NewMedia
from modules.media.services.media import delete_media
from modules.media.services.processing import process_upload
from modules.media.services.uploads import complete_upload, create_media
from modules.media.storages import media_storage
from modules.media.storages.keys import upload_key
from sharding.scope import writing_for
from sharding.tasks import audit_sample
from tests.kit.audits import audit, kinds
from tests.kit.delivery import drain
from tests.kit.http import call
from tests.kit.media import files_of, jpeg, row_of
from tests.kit.people import Person, make_person
from tests.kit.posts import show

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("deployed")]
ONLY = ("--only", "media.rows", "--only", "media.files")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hours later: all that was made has settled."""
    now = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: now)


def make(owner: Person, tmp_path: Path, **fields: str) -> int:
    """Have an image processed, whichever storage there is."""
    content = jpeg(64, 48)
    new = NewMedia.model_validate({"type": "image/jpeg", "bytes": len(content), **fields})
    media_id = create_media(owner.id, new, now=clock.now(), once=None).id
    (tmp_path / "upload").write_bytes(content)
    media_storage().upload(upload_key(media_id), tmp_path / "upload", type="image/jpeg")
    folder = getattr(media_storage(), "location", "")
    if isinstance(folder, str) and Path(folder, upload_key(media_id)).exists():
        Path(folder, "incoming", f".{media_id}.type").write_text("image/jpeg")
    complete_upload(owner.id, media_id, now=clock.now())
    process_upload(owner.id, media_id, now=clock.now())
    assert len(files_of(media_id)) == 4
    return media_id


def variants_of(media_id: int) -> list[str]:
    """Return what lies there without the upload: that is the clock's, and no audit's."""
    return [key for key in files_of(media_id) if not key.startswith("incoming/")]


def lose_the_row(owner: Person, media_id: int) -> None:
    with writing_for(owner.id):
        Media.objects.of(owner.id).filter(id=media_id).delete()


def test_names_and_mends_what_was_planted(tmp_path, request):
    ada, grace = make_person(shard=3), make_person(shard=4000)
    well, lost, partly, cluttered, orphan, avatar = (
        make(owner, tmp_path, **fields)
        for owner, fields in (
            (ada, {}),
            (ada, {}),
            (grace, {}),
            (grace, {}),
            (ada, {}),
            (ada, {"purpose": "avatar"}),
        )
    )
    storage, post_id = media_storage(), show(ada, lost)
    drain()
    assert kinds(audit(*ONLY)[1]) == set()
    request.getfixturevalue("later")
    assert audit(*ONLY)[0] == 0
    storage.delete(files_of(lost))
    storage.delete([f"media/{partly}/1/thumb.webp"])
    storage.upload(f"media/{cluttered}/7/feed.webp", tmp_path / "upload", type="image/webp")
    for media_id in (orphan, avatar):
        lose_the_row(ada, media_id)

    code, found = audit(*ONLY)

    assert (code, kinds(found)) == (
        1,
        {
            ("media.rows", "files_missing", lost, 0),
            ("media.rows", "files_missing", partly, 0),
            ("media.rows", "files_unnamed", cluttered, 0),
            ("media.files", "files_without_row", orphan, 0),
            ("media.files", "files_without_row", avatar, 0),
        },
    )
    assert files_of(orphan) != []
    assert audit(*ONLY, "--repair")[0] == 0
    assert kinds(audit(*ONLY)[1]) == set()
    assert [(row.state, row.reason) for row in (row_of(ada, lost), row_of(grace, partly))] == [
        (3, "files_missing"),
        (2, ""),
    ]
    assert [v["name"] for v in row_of(grace, partly).variants] == ["feed", "full", "feed"]
    left = [len(variants_of(id)) for id in (well, lost, partly, cluttered, orphan, avatar)]
    assert left == [4, 0, 3, 4, 0, 0]
    shown = call("GET", f"/v1/posts/{post_id}").body["included"]["media"][str(lost)]
    assert (shown["state"], shown["variants"]) == ("failed", [])


@pytest.mark.usefixtures("later")
def test_takes_news_under_way_for_no_difference(tmp_path):
    ada = make_person()
    media_id = make(ada, tmp_path)
    drain()
    delete_media(ada.id, media_id)

    assert kinds(audit(*ONLY)[1]) == set()


def test_of_a_sample_is_the_clocks_and_changes_nothing(tmp_path, request):
    ada = make_person()
    media_id = make(ada, tmp_path)
    drain()
    lose_the_row(ada, media_id)
    request.getfixturevalue("later")

    with capture_logs() as logs:
        audit_sample()

    said, *others = [each for each in logs if each.get("audit", "").startswith("media.")]
    assert others == []
    assert (said["audit"], said["kind"], said["owner_id"]) == (
        "media.files",
        "files_without_row",
        str(media_id),
    )
    assert len(files_of(media_id)) == 4
