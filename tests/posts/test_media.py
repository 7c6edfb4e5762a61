"""What posts show: the author's own media, to whoever may see the post, by addresses that end."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from modules.graph.public import viewer_of
from modules.kernel import clock
from modules.kernel.redis.client import count_trips
from modules.media.errors import MediaUnfit
from modules.media.models import Media
from modules.media.schemas import EditMedia
from modules.media.services.media import edit_media
from modules.media.services.processing import process_upload
from modules.media.storages.signing import Signer
from modules.posts.models import Post
from modules.posts.schemas import EditDraft, EditPost, NewDraft, NewPost
from modules.posts.selectors.pages import list_posts
from modules.posts.services.drafts import create_draft, delete_draft, edit_draft, publish_draft
from modules.posts.services.edits import edit_post
from modules.posts.services.posts import publish_post
from modules.posts.services.reposts import repost
from sharding.testing import count_queries
from tests.kit.http import call
from tests.kit.media import make_media, row_of, upload
from tests.kit.pages import count_reads
from tests.kit.people import Person, make_person, sign_up
from tests.kit.posts import publish

pytestmark = pytest.mark.django_db


def show(author: Person, *media_ids: int, **fields: Any) -> int:
    """Publish a post that shows these, and return its id."""
    new = NewPost(text="Look", media_ids=list(media_ids), **fields)
    return publish_post(author.id, new, now=clock.now(), once=None).id


def media_on(viewer: Person | None, *post_ids: int) -> dict[int, Any]:
    page = list_posts(post_ids, viewer=viewer_of(viewer.id if viewer else None)).parse()
    return dict(page.included.media)


class TestPublish:
    def test_shows_it_in_its_order_with_addresses_that_hold(self):
        ada = sign_up("ada")
        first, second = make_media(ada, alt="One"), make_media(ada, alt="Two")

        made = call("POST", "/v1/posts", {"text": "Look", "media_ids": [str(second), str(first)]}, as_=ada)
        read = call("GET", f"/v1/posts/{made.body['id']}")

        assert (made.status, made.body["media_ids"]) == (201, [str(second), str(first)])
        assert read.body["data"]["media_ids"] == [str(second), str(first)]
        shown = read.body["included"]["media"]
        assert {id: card["alt"] for id, card in shown.items()} == {str(second): "Two", str(first): "One"}
        url = httpx.URL(shown[str(first)]["variants"][0]["url"])
        key, until = url.path.lstrip("/"), int(url.params["expires"])
        assert 1800 <= until - clock.now().timestamp() <= 3600
        signer = Signer(["another key, as long as that one"])
        assert not signer.allows(key, url.params["expires"], url.params["signature"], now=0)
        assert row_of(ada, first).attached_to == int(made.body["id"])

    def test_refuses_what_is_not_the_authors_and_publishes_nothing(self):
        ada, grace = make_person(), make_person()

        with pytest.raises(MediaUnfit):
            show(ada, make_media(grace))

        assert Post.objects.of(ada.id).on_primary().count() == 0

    def test_takes_no_more_than_ten(self):
        eleven = [str(n) for n in range(1, 12)]

        refused = call("POST", "/v1/posts", {"text": "Look", "media_ids": eleven}, as_=sign_up("ada"))

        assert (refused.status, refused.body["errors"][0]["pointer"]) == (400, "/media_ids")

    def test_says_when_it_is_ready_and_what_is_said_of_it_without_a_new_version_of_the_post(self):
        ada = make_person()
        media_id = upload(ada)
        post_id = show(ada, media_id)
        before = media_on(None, post_id)[media_id]

        process_upload(ada.id, media_id, now=clock.now())
        edit_media(ada.id, media_id, EditMedia(alt="An oak"))

        after = media_on(None, post_id)[media_id]
        assert [(m.state, m.alt, len(m.variants) > 2) for m in (before, after)] == [
            ("processing", "", False),
            ("ready", "An oak", True),
        ]
        assert Post.objects.of(ada.id).on_primary().get(id=post_id).version == 1


class TestWhoSeesIt:
    def test_is_who_may_see_the_post_at_their_next_request(self):
        ada, grace = make_person(), make_person()
        media_id = make_media(ada)
        post_id = show(ada, media_id)
        assert list(media_on(grace, post_id)) == [media_id]

        edit_post(ada.id, post_id, EditPost(audience="followers"), now=clock.now())

        assert [list(media_on(who, post_id)) for who in (ada, grace, None)] == [[media_id], [], []]

    def test_is_shown_with_a_repost_and_not_for_what_is_hidden(self):
        ada, grace, vera = make_person(), make_person(), sign_up("vera")
        media_id, hidden = make_media(ada), make_media(ada)
        post_id = show(ada, media_id)
        show(ada, hidden, audience="mentioned")
        passed_on = repost(grace.id, post_id, now=clock.now()).id

        for viewer in (None, vera):
            assert list(media_on(viewer, passed_on)) == [media_id]


class TestCost:
    @pytest.mark.parametrize("many", [5, 40])
    def test_of_a_page_is_the_same_at_any_length_and_nothing_without_media(self, many):
        ada = make_person()
        plain = [publish(ada) for _ in range(many)]
        shown = [show(ada, make_media(ada)) for _ in range(2)]
        costs = []
        for ids in (plain, shown, plain[: many - 2] + shown):
            list_posts(ids, viewer=viewer_of(None))
            with count_queries() as queries, count_trips() as trips:
                list_posts(ids, viewer=viewer_of(None))
            costs.append((count_reads(queries), trips.trips))

        assert costs == [(0, 2)] * 3


class TestDrafts:
    def test_keep_it_until_they_are_published_or_deleted(self):
        ada = make_person()
        first, second, third = (make_media(ada) for _ in range(3))
        new = NewDraft(text="Later", media_ids=[first, second])
        draft = create_draft(ada.id, new, now=clock.now(), once=None)
        other = create_draft(ada.id, NewDraft(text="x", media_ids=[third]), now=clock.now(), once=None)

        edited = edit_draft(ada.id, draft.id, EditDraft(media_ids=[second]), now=clock.now())
        delete_draft(ada.id, other.id)
        holders = [row_of(ada, id).attached_to for id in (first, second, third)]
        post = publish_draft(ada.id, draft.id, now=clock.now())

        assert (draft.media_ids, edited.media_ids, post.media_ids) == ([first, second], [second], [second])
        assert holders == [None, draft.id, None]
        assert row_of(ada, second).attached_to == post.id

    def test_are_published_without_what_failed_meanwhile(self):
        ada = make_person()
        ready, failing = make_media(ada), upload(ada, b"no picture")
        new = NewDraft(text="Later", media_ids=[failing, ready])
        draft = create_draft(ada.id, new, now=clock.now(), once=None)
        process_upload(ada.id, failing, now=clock.now())

        post = publish_draft(ada.id, draft.id, now=clock.now())

        assert post.media_ids == [ready]
        assert Media.objects.of(ada.id).on_primary().get(id=failing).attached_to == draft.id
