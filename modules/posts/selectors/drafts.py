"""Drafts, as their authors see them; nobody else does."""

from modules.kernel import keyset
from modules.kernel.cursors import Paging
from modules.kernel.errors import Refusal
from modules.posts.errors import DRAFT_REFUSALS, DraftNotFound
from modules.posts.models import Draft
from modules.posts.schemas import AUDIENCES, REPLY_POLICIES, DraftCard, DraftPage, DraftRefusal, PostEntity

_TITLES = {refusal.code: refusal.title for refusal in DRAFT_REFUSALS}


def get_draft(author_id: int, draft_id: int) -> DraftCard:
    """
    Return one of a user's own drafts.

    :raises DraftNotFound: if they have no such draft, or it was published
    """
    draft = Draft.objects.of(author_id).filter(id=draft_id, post_id=None).first()
    if draft is None:
        raise DraftNotFound
    return to_draft_card(draft)


def list_drafts(author_id: int, paging: Paging) -> DraftPage:
    """Return a page of a user's own drafts, newest first."""
    page = keyset.page(
        Draft.objects.of(author_id).filter(post_id=None), paging, "id", at=lambda draft: draft.id
    )
    return DraftPage.plain([to_draft_card(draft) for draft in page.rows], next=page.next, prev=page.prev)


def to_draft_card(draft: Draft) -> DraftCard:
    """Return the card of a row."""
    return DraftCard(
        id=draft.id,
        text=draft.text,
        entities=[PostEntity(**entity) for entity in draft.entities],
        media_ids=draft.media_ids,
        audience=AUDIENCES[draft.audience],
        reply_policy=REPLY_POLICIES[draft.reply_policy],
        reply_to=draft.reply_to_id,
        quote_of=draft.quote_of_id,
        custom=draft.custom,
        publish_at=draft.publish_at,
        refused=_to_refusal(draft),
        created_at=draft.created_at,
        edited_at=draft.edited_at,
    )


def _to_refusal(draft: Draft) -> DraftRefusal | None:
    """Return why the clock could not publish a draft, if it was so."""
    if draft.refused_at is None:
        return None
    title = _TITLES.get(draft.refused_by, Refusal.title)
    return DraftRefusal(code=draft.refused_by, title=title, refused_at=draft.refused_at)
