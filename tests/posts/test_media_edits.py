"""Posts without words, and edits of what posts show."""

from __future__ import annotations

from datetime import timedelta

import pytest

from modules.graph.schemas import PUBLIC_VIEWER
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.media.errors import MediaUnfit
from modules.media.models import Media
from modules.media.services.media import delete_media
from modules.media.services.purges import purge_orphans
from modules.posts.errors import PostEmpty
from modules.posts.models import Draft, Post
from modules.posts.schemas import EditDraft, EditPost, NewDraft
from modules.posts.selectors.drafts import get_draft
from modules.posts.selectors.revisions import list_revisions
from modules.posts.services.drafts import create_draft, edit_draft, publish_draft
from modules.posts.services.due_drafts import publish_due_drafts
from modules.posts.services.edits import edit_post
from modules.posts.services.posts import delete_post
from modules.search.selectors.posts import list_posts as search_posts
from tests.kit.delivery import drain, until_replicated
from tests.kit.http import call
from tests.kit.media import files_of, make_media, row_of, upload
from tests.kit.people import NOON, Person, make_person, sign_up
from tests.kit.posts import publish, show

pytestmark = pytest.mark.django_db


def edit(author: Person, post_id: int, **changes: object) -> list[int]:
    """Edit a post, and return what it shows then."""
    edit_post(author.id, post_id, EditPost.model_validate(changes), now=NOON)
    return list(Post.objects.of(author.id).on_primary().get(id=post_id).media_ids)


class TestWithoutText:
    def test_a_post_shows_media_alone_wherever_it_is_listed(self, settings):
        ada = sign_up("ada")
        media_id = str(make_media(ada))

        made = call("POST", "/v1/posts", {"media_ids": [media_id]}, as_=ada)

        assert (made.status, made.body["text"], made.body["entities"]) == (201, "", [])
        post_id = made.body["id"]
        lists = ("/v1/timelines/home", f"/v1/users/{ada.id}/posts", "/v1/search/posts?q=from:ada")
        for path in lists:
            until_replicated()
            page = call("GET", path, as_=ada).body
            assert ([card["id"] for card in page["data"]], list(page["included"]["media"])) == (
                [post_id],
                [media_id],
            ), path

    @pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": "", "media_ids": []}])
    def test_a_post_and_a_draft_show_something(self, body):
        ada = sign_up("ada")

        for path in ("/v1/posts", "/v1/me/drafts"):
            refused = call("POST", path, body, as_=ada)
            assert (refused.status, refused.body["code"]) == (422, "post_empty")
            assert [error["pointer"] for error in refused.body["errors"]] == ["/text"]
        assert Post.objects.of(ada.id).on_primary().count() == 0
        assert Draft.objects.of(ada.id).on_primary().count() == 0

    def test_white_space_is_no_empty_text(self):
        ada = sign_up("ada")

        refused = call("POST", "/v1/posts", {"text": " ", "media_ids": [str(make_media(ada))]}, as_=ada)

        assert [error["code"] for error in refused.body["errors"]] == ["text_blank"]

    def test_an_edit_leaves_one_of_both(self):
        ada = make_person()
        media_id = make_media(ada)
        worded, shown = publish(ada, "Look"), show(ada, media_id)

        assert edit(ada, shown, text="") == [media_id]
        for post_id, changes in ((worded, {"text": ""}), (shown, {"media_ids": []})):
            with pytest.raises(PostEmpty):
                edit(ada, post_id, **changes)

        assert row_of(ada, media_id).attached_to == shown
        assert Post.objects.of(ada.id).on_primary().get(id=worded).version == 1
        assert edit(ada, shown, text="Look again", media_ids=[]) == []

    def test_is_found_by_no_word(self, settings):
        ada = make_person()
        show(ada, make_media(ada), text="")
        publish(ada, "a post")
        until_replicated()

        found = search_posts("post", Paging.first(), viewer=PUBLIC_VIEWER).parse().data

        assert [card.text for card in found] == ["a post"]


class TestDraftsWithoutText:
    def test_are_published(self):
        ada = make_person()
        media_id = make_media(ada)
        draft = create_draft(ada.id, NewDraft(media_ids=[media_id]), now=NOON, once=None)

        post = publish_draft(ada.id, draft.id, now=NOON)

        assert (post.text, post.media_ids) == ("", [media_id])

    def test_are_not_left_with_nothing(self):
        ada = make_person()
        media_id = make_media(ada)
        draft = create_draft(ada.id, NewDraft(text="x", media_ids=[media_id]), now=NOON, once=None)

        edit_draft(ada.id, draft.id, EditDraft(text=""), now=NOON)
        with pytest.raises(PostEmpty):
            edit_draft(ada.id, draft.id, EditDraft(media_ids=[]), now=NOON)

        assert get_draft(ada.id, draft.id).media_ids == [media_id]
        assert row_of(ada, media_id).attached_to == draft.id

    def test_say_why_they_are_not_published_if_their_media_are_gone(self):
        ada, now = make_person(), clock.now()
        media_id, at = make_media(ada), now + timedelta(hours=1)
        drafts = [
            create_draft(ada.id, NewDraft(media_ids=[media_id], publish_at=at), now=now, once=None),
            create_draft(ada.id, NewDraft(text="words", publish_at=at), now=now, once=None),
        ]
        delete_media(ada.id, media_id)

        with pytest.raises(PostEmpty):
            publish_draft(ada.id, drafts[0].id, now=now)
        assert publish_due_drafts(now=at) == 1

        refused = get_draft(ada.id, drafts[0].id)
        assert (refused.publish_at, refused.refused.code if refused.refused else "") == (None, "post_empty")
        assert list(Post.objects.of(ada.id).on_primary().values_list("text", flat=True)) == ["words"]


class TestEditMedia:
    def test_shows_others_and_keeps_what_it_showed_before(self):
        ada = sign_up("ada")
        first, second, third = (make_media(ada) for _ in range(3))
        post_id = show(ada, first, second)
        path = f"/v1/posts/{post_id}"
        etag = call("GET", path).headers["ETag"]
        body = {"media_ids": [str(third), str(second)]}

        answer = call("PATCH", path, body, as_=ada, If_Match=etag)
        late = call("PATCH", path, {"media_ids": []}, as_=ada, If_Match=etag)

        assert (answer.status, answer.body["data"]["media_ids"]) == (200, body["media_ids"])
        assert set(answer.body["included"]["media"]) == set(body["media_ids"])
        assert answer.body["data"]["edited_at"] is not None
        assert late.status == 412
        assert [row_of(ada, id).attached_to for id in (first, second, third)] == [None, post_id, post_id]
        until_replicated()
        [before] = call("GET", f"{path}/revisions").body["data"]
        assert (before["media_ids"], before["text"]) == ([str(first), str(second)], "Look")

    def test_of_the_order_alone_is_one(self):
        ada = make_person()
        first, second = make_media(ada), make_media(ada)
        post_id = show(ada, first, second)

        assert edit(ada, post_id, media_ids=[second, first]) == [second, first]
        assert edit(ada, post_id, media_ids=[second, first]) == [second, first]

        assert Post.objects.of(ada.id).on_primary().get(id=post_id).version == 2

    def test_refuses_what_it_would_refuse_of_a_new_post_and_changes_nothing(self):
        ada, grace = make_person(), make_person()
        kept, elsewhere, failed = make_media(ada), make_media(ada), make_media(ada, b"no picture")
        picture = make_media(ada, purpose="avatar")
        post_id = show(ada, kept)
        show(ada, elsewhere)

        for unfit in (make_media(grace), elsewhere, failed, picture, 2**62):
            with pytest.raises(MediaUnfit):
                edit(ada, post_id, text="Now", media_ids=[unfit])

        row = Post.objects.of(ada.id).on_primary().get(id=post_id)
        assert (row.text, row.media_ids, row.version) == ("Look", [kept], 1)
        assert row_of(ada, kept).attached_to == post_id

    def test_lets_go_of_what_goes_then_by_the_clock_or_is_shown_elsewhere(self):
        ada = make_person()
        dropped, moved, kept = make_media(ada), make_media(ada), make_media(ada)
        post_id = show(ada, dropped, moved, kept)

        edit(ada, post_id, media_ids=[kept])
        other_id = show(ada, moved)
        purge_orphans(now=clock.now() + timedelta(hours=25))
        drain()

        left = Media.objects.of(ada.id).on_primary()
        assert set(left.values_list("id", "attached_to")) == {(moved, other_id), (kept, post_id)}
        assert [files_of(id) == [] for id in (dropped, moved, kept)] == [True, False, False]

    def test_takes_what_was_added_along_when_the_post_is_deleted(self):
        ada = make_person()
        first, second = make_media(ada), upload(ada)
        post_id = show(ada, first)
        edit(ada, post_id, media_ids=[second])

        delete_post(ada.id, post_id, now=NOON)
        drain()

        assert list(Media.objects.of(ada.id).on_primary().values_list("id", flat=True)) == [first]

    def test_is_listed_among_what_it_said_before(self):
        ada = make_person()
        media_id = make_media(ada)
        post_id = show(ada, media_id)
        edit(ada, post_id, media_ids=[])
        edit(ada, post_id, text="Later")
        until_replicated()

        page = list_revisions(post_id, Paging.first(), viewer=PUBLIC_VIEWER)

        assert [(each.text, each.media_ids) for each in page.data] == [("Look", []), ("Look", [media_id])]
