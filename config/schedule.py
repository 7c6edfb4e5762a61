"""Every periodic job of Banyan, on one page. Beat reads nothing else."""

from typing import Any

from config.settings.queues import PERIODIC

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def _every(seconds: float, task: str) -> dict[str, Any]:
    # An occurrence that waited longer than the next one is due is dropped, not piled up.
    return {"task": task, "schedule": seconds, "options": {"queue": PERIODIC, "expires": seconds}}


SCHEDULE = {
    "clean-once-rows": _every(HOUR, "sharding.clean_once_rows"),
    "audit-sample": _every(DAY, "sharding.audit_sample"),
    "forget-spent-tokens": _every(HOUR, "accounts.forget_spent_tokens"),
    "send-waiting-mails": _every(MINUTE, "mail.send_waiting_mails"),
    "forget-old-mails": _every(HOUR, "mail.forget_old_mails"),
    "resume-media": _every(MINUTE, "media.resume_processing"),
    "purge-orphaned-media": _every(HOUR, "media.purge_orphans"),
    "resume-exports": _every(MINUTE, "exports.resume_exports"),
    "forget-old-exports": _every(HOUR, "exports.forget_old_exports"),
    "publish-due-drafts": _every(MINUTE, "posts.publish_due_drafts"),
    "rank-posts": _every(5 * MINUTE, "timelines.rank_posts"),
    "rank-tags": _every(5 * MINUTE, "timelines.rank_tags"),
    "forget-tag-counts": _every(HOUR, "posts.forget_tag_counts"),
    "forget-pending-accounts": _every(HOUR, "accounts.forget_pending_accounts"),
    "rank-people": _every(DAY, "search.rank_people"),
    "send-waiting-pushes": _every(MINUTE, "push.send_waiting_pushes"),
    "forget-old-pushes": _every(HOUR, "push.forget_old_pushes"),
    "forget-notifications": _every(DAY, "notifications.forget_old_notifications"),
    "announce-due-digests": _every(MINUTE, "mailings.announce_due_digests"),
    "forget-expired-sessions": _every(10 * MINUTE, "accounts.forget_expired_sessions"),
    "purge-deleted-posts": _every(HOUR, "posts.purge_deleted_posts"),
    "begin-erasures": _every(HOUR, "erasure.begin_erasures"),
    "resume-erasures": _every(MINUTE, "erasure.resume_erasures"),
}
