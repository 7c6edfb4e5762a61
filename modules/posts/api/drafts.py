"""`/v1/me/drafts`: what the caller has written and not published."""

from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.kernel.http import Request, View, endpoint
from modules.media.public import MediaUnfit
from modules.posts.errors import (
    DRAFT_REFUSALS,
    DraftCapReached,
    DraftNotFound,
    PublishAtOutOfRange,
    TooManyEntities,
)
from modules.posts.schemas import DraftCard, DraftPage, EditDraft, NewDraft, PostCard
from modules.posts.selectors.drafts import get_draft, list_drafts
from modules.posts.services.drafts import create_draft, delete_draft, edit_draft, publish_draft


class Drafts(View):
    """The caller's drafts."""

    @endpoint("list_drafts", scope="read:posts")
    def get(self, request: Request, paging: Paging) -> DraftPage:
        """List the caller's drafts, newest first."""
        return list_drafts(request.user.id, paging)

    @endpoint(
        "create_draft",
        scope="write:posts",
        status=201,
        refuses=(DraftCapReached, PublishAtOutOfRange, TooManyEntities, MediaUnfit, *DRAFT_REFUSALS),
    )
    def post(self, request: Request, body: NewDraft) -> DraftCard:
        """
        Keep a draft, for oneself or for a time to come.

        Nobody else sees it. With `publish_at`, at least a minute and at most 365 days ahead, it is published
        within a minute from then, as it was checked here; its post gets its id and its place in lists then.
        While its author's account is closed it waits. There can be a hundred.

        What `reply_to` and `quote_of` name is checked here as in publishing, and again at its time. What may
        not be published then stays a draft, without a time, and says why in `refused`; so does what was to
        show media alone of which none is left.
        """
        return create_draft(request.user.id, body, now=clock.now(), once=request.once)


class OneDraft(View):
    """One of the caller's drafts."""

    @endpoint("get_draft", scope="read:posts", refuses=(DraftNotFound,))
    def get(self, request: Request, draft_id: int) -> DraftCard:
        """Show one of the caller's drafts."""
        return get_draft(request.user.id, draft_id)

    @endpoint(
        "edit_draft",
        scope="write:posts",
        refuses=(DraftNotFound, PublishAtOutOfRange, TooManyEntities, MediaUnfit, *DRAFT_REFUSALS),
    )
    def patch(self, request: Request, draft_id: int, body: EditDraft) -> DraftCard:
        """
        Edit one of the caller's drafts.

        What is left out stays as it is; null takes its time away, or what it replies to or quotes.
        """
        return edit_draft(request.user.id, draft_id, body, now=clock.now())

    @endpoint("delete_draft", scope="write:posts", refuses=(DraftNotFound,))
    def delete(self, request: Request, draft_id: int) -> None:
        """Delete one of the caller's drafts."""
        delete_draft(request.user.id, draft_id)


class DraftPublication(View):
    """That a draft is published."""

    @endpoint("publish_draft", scope="write:posts", refuses=(DraftNotFound, *DRAFT_REFUSALS))
    def put(self, request: Request, draft_id: int) -> PostCard:
        """
        Publish one of the caller's drafts now.

        Once it was published, by this or at its time, the same post is answered again, for a week at least.
        """
        return publish_draft(request.user.id, draft_id, now=clock.now())
