"""What was done, as it is shown."""

from modules.audit.models import AuditEntry
from modules.audit.schemas import AuditCard, AuditPage
from modules.kernel.cursors import Paging
from modules.kernel.shapes import Nothing


def list_entries(app_id: str, paging: Paging) -> AuditPage:
    """Return a page of what was done with an app's power, newest first."""
    entries = AuditEntry.objects.filter(app_id=app_id)
    many = paging.limit + 1
    if paging.position is None:
        rows = list(entries.order_by("-id")[:many])
    elif paging.newer:
        rows = list(entries.filter(id__gt=paging.position[0]).order_by("id")[: paging.limit])[::-1]
    else:
        rows = list(entries.filter(id__lt=paging.position[0]).order_by("-id")[:many])
    shown = rows[: paging.limit]
    return AuditPage(
        data=[_to_audit_card(row) for row in shown],
        included=Nothing(),
        state={},
        next=paging.older_than(shown[-1].id) if shown and (paging.newer or len(rows) == many) else None,
        prev=paging.newer_than(shown[0].id) if shown else None,
    )


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
