"""What was done, as it is shown."""

from operator import attrgetter

from modules.audit.models import AuditEntry
from modules.audit.schemas import AuditCard, AuditPage
from modules.kernel import keyset
from modules.kernel.cursors import Paging


def list_entries(app_id: str, paging: Paging) -> AuditPage:
    """Return a page of what was done with an app's power, newest first."""
    page = keyset.page(AuditEntry.objects.filter(app_id=app_id), paging, "id", at=attrgetter("id"))
    return AuditPage.plain([_to_audit_card(row) for row in page.rows], next=page.next, prev=page.prev)


def _to_audit_card(entry: AuditEntry) -> AuditCard:
    return AuditCard(
        id=entry.id,
        at=entry.at,
        action=entry.action,
        key_id=entry.key_id,
        actor_id=entry.actor_id,
        user_id=entry.user_id,
        method=entry.method or None,
        path=entry.path or None,
        request_id=entry.request_id or None,
    )
