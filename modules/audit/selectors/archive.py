"""What audit gives to a user's archive."""

from modules.audit.models import AuditEntry
from modules.kernel.archives import left_out

left_out(
    AuditEntry,
    because="It is evidence of what apps did, which outlives accounts; an app's owner reads it.",
)
