"""Tables of audit."""

from modules.audit.models.entries import AuditEntry

__all__ = ["AuditEntry"]
