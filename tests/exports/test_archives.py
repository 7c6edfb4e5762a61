"""What is in an archive: all that is one's own, and nothing of anybody else's."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
import zipfile
from datetime import timedelta

import pytest

from modules.accounts import public as accounts
from modules.exports.errors import TooLarge
from modules.exports.schemas import MAX_BYTES
from modules.exports.services.archives import write_archive
from modules.graph.services.blocks import block
from modules.graph.services.follows import follow
from modules.kernel import clock
from modules.kernel.archives import list_parts, walk
from modules.posts.models import Bookmark, Post
from modules.posts.schemas import NewPost, PastPost
from modules.posts.services.bookmarks import add_bookmark
from modules.posts.services.bulk import create_posts_in_bulk
from modules.posts.services.posts import publish_post
from tests.kit.canaries import PASSWORDS
from tests.kit.delivery import drain, until_replicated
from tests.kit.exports import make_archive
from tests.kit.media import jpeg, make_media
from tests.kit.people import NOON, make_person, sign_up, sign_up_by_password
from tests.kit.posts import publish, quote, reply, repost, show

pytestmark = pytest.mark.django_db


def _archive_of(user_id, *, max_bytes=MAX_BYTES):
    """Return an archive, written into memory."""
    target = io.BytesIO()
    write_archive(user_id, target, service="Banyan", now=NOON, tell=lambda _: None, max_bytes=max_bytes)
    return target


class TestWriteArchive:
    def test_holds_what_somebody_wrote_and_did(self):
        ada, ben, cleo, dan = sign_up("ada"), make_person("ben"), make_person("cleo"), make_person("dan")
        media_id = make_media(ada, jpeg(64, 48))
        theirs = publish(ben, "By Ben")
        posts = [publish(ada, "First"), show(ada, media_id), reply(ada, theirs), quote(ada, theirs)]
        reposted = repost(ada, theirs)
        ada.call("PATCH", f"/v1/posts/{posts[0]}", {"text": "Second"}, if_match="*")
        ada.call("PUT", f"/v1/posts/{theirs}/reactions/like")
        ada.call("PUT", f"/v1/me/bookmarks/{theirs}")
        ada.call("POST", "/v1/me/drafts", {"text": "Not yet"})
        due = (clock.now() + timedelta(days=2)).isoformat()
        ada.call("POST", "/v1/me/drafts", {"text": "In two days", "publish_at": due})
        follow(ada.id, ben.id)
        follow(cleo.id, ada.id)
        block(ada.id, dan.id, now=NOON)
        ada.call("PUT", f"/v1/me/mutes/{ben.id}")
        listed = ada.call("POST", "/v1/me/lists", {"name": "Friends"})
        ada.call("PUT", f"/v1/me/lists/{listed.body['id']}/members/{ben.id}")
        ada.call("PUT", "/v1/me/markers/home", {"last_read_id": str(theirs)})
        drain(times=2)
        until_replicated()

        held = make_archive(ada)

        written = {entry["id"]: entry for entry in held["posts.json"]}
        assert [int(id) for id in written] == sorted(posts)
        assert written[str(posts[0])]["text"] == "Second"
        assert written[str(posts[1])]["media_ids"] == [str(media_id)]
        assert written[str(posts[2])]["reply_to_id"] == str(theirs)
        assert (written[str(posts[3])]["kind"], written[str(posts[3])]["original_id"]) == (
            "quote",
            str(theirs),
        )
        assert [entry["text"] for entry in held["post_revisions.json"]] == ["First"]
        assert [entry["text"] for entry in held["drafts.json"]] == ["Not yet", "In two days"]
        assert [entry["post_id"] for entry in held["reposts.json"]] == [str(reposted)]
        assert [(e["post_id"], e["type"]) for e in held["reactions.json"]] == [(str(theirs), "like")]
        assert [entry["post_id"] for entry in held["bookmarks.json"]] == [str(theirs)]
        for name, people in {
            "following.json": ["ben"], "followers.json": ["cleo"], "blocks.json": ["dan"],
            "mutes.json": ["ben"], "list_members.json": ["ben"],
        }.items():  # fmt: skip
            assert [entry["username"] for entry in held[name]] == people, name
        [media] = held["media.json"]
        assert (media["id"], media["state"], media["attached_to"]) == (str(media_id), "ready", str(posts[1]))
        assert "key" not in media["variants"][0]
        assert [entry["name"] for entry in held["lists.json"]] == ["Friends"]
        assert [entry["username"] for entry in held["profile.json"]] == ["ada"]
        assert held["markers.json"] != []

    def test_has_an_index_whose_digests_are_right_and_a_text_that_names_each_file(self):
        ada = sign_up("ada")
        publish(ada, "Hello")

        target = _archive_of(ada.id)

        with zipfile.ZipFile(target) as archive:
            index, text = json.loads(archive.read("index.json")), archive.read("README.txt").decode()
            assert [each["name"] for each in index["files"]] == [part.name for part in list_parts()]
            for each in index["files"]:
                content = archive.read(each["name"])
                assert hashlib.sha256(content).hexdigest() == each["sha256"]
                assert len(json.loads(content)) == each["entries"]
                assert each["name"] in text
        assert index["user_id"] == str(ada.id)

    def test_holds_nothing_of_others_and_no_secret(self):
        ada, ben = sign_up_by_password("ada"), sign_up("ben")
        drain()
        ben.call("PATCH", "/v1/me", {"bio": "canary of a bio", "display_name": "Canary"}, if_match="*")
        theirs = publish_post(ben.id, NewPost(text="canary in a post"), now=NOON, once=None).id
        hidden = publish_post(
            ben.id, NewPost(text="canary among followers", audience="followers"), now=NOON, once=None
        ).id
        mine = publish(ada, "Mine")
        reply(ben, mine, "canary in a reply")
        quote(ben, mine, "canary in a quote")
        repost(ada, theirs)
        follow(ada.id, ben.id)
        drain(times=3)
        until_replicated()
        ada.call("PUT", f"/v1/me/bookmarks/{hidden}")
        block(ben.id, ada.id, now=NOON)
        drain()
        until_replicated()

        held = make_archive(ada)

        whole = json.dumps(held).lower()
        assert "canary" not in whole
        assert [word for word in PASSWORDS if word in whole] == []
        assert ada.token not in whole
        assert "key_hash" not in whole
        # That somebody blocks is not theirs to know whom they block.
        assert str(ben.id) not in json.dumps(held["blocks.json"])
        assert str(hidden) in {entry["post_id"] for entry in held["bookmarks.json"]}

    def test_names_nobody_whose_account_is_closed(self):
        ada, ben = make_person("ada"), make_person("ben")
        follow(ada.id, ben.id)
        accounts.suspend_account(ben.id, now=clock.now())
        until_replicated()

        [entry] = make_archive(ada)["following.json"]

        assert (entry["user_id"], entry["username"]) == (str(ben.id), None)

    def test_takes_no_more_memory_for_more_posts(self):
        few, many = _with_posts(1000), _with_posts(4000)

        peaks = [_peak_of(person) for person in (few, few, many)]

        assert peaks[2] < 1.2 * peaks[1]
        assert peaks[2] < 16 * 1024 * 1024

    def test_stops_where_it_would_be_too_large(self):
        person = _with_posts(600)
        size = len(_archive_of(person.id).getvalue())

        with pytest.raises(TooLarge):
            _archive_of(person.id, max_bytes=size // 2)


def _with_posts(count):
    """Return somebody with so many posts of a thousand characters, no two alike."""
    person = make_person()
    text = "".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(16))[:980]
    moments = (NOON - timedelta(milliseconds=n) for n in range(count))
    create_posts_in_bulk(PastPost(person.id, f"{n} {text}", at, 0) for n, at in enumerate(moments))
    until_replicated()
    assert Post.objects.of(person.id).count() == count
    return person


def _peak_of(person):
    """Return how many bytes of Python's were held at most; what was loaded once is not counted again."""
    with open("/dev/null", "wb") as target:
        tracemalloc.start()
        write_archive(person.id, target, service="Banyan", now=NOON, tell=lambda _: None, max_bytes=MAX_BYTES)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


class TestWalk:
    @pytest.mark.parametrize("count", [0, 4, 5, 6, 11])
    def test_meets_every_row_once(self, count):
        ada, ben = make_person(), make_person()
        for number in range(count):
            add_bookmark(ada.id, publish(ben, str(number)))
        until_replicated()

        met = [entry["post_id"] for entry in walk(Bookmark.objects.of(ada.id), "post_id", page=5)]

        assert met == sorted(set(met), key=int)
        assert len(met) == count
