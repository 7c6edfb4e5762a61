"""Every operation of the URLconf, and a request to each that its owner is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from modules.kernel.http import View
from modules.kernel.http.operations import Operation
from modules.kernel.shapes import Shape

APP = {
    "name": "Reader",
    "type": "public",
    "redirect_uris": ["https://reader.example.org/back"],
    "scopes": ["read:profiles"],
    "grant_types": ["authorization_code"],
}
ISSUE: dict[str, Any] = {"subject": "New", "sections": [{"paragraphs": ["Nothing."]}]}
BODIES: dict[str, dict[str, Any]] = {
    "register_app": APP,
    "edit_app": {"name": "Writer"},
    "create_app_key": {"name": "nightly", "scopes": ["read:profiles"]},
    "rotate_app_key": {"overlap_seconds": 60},
    "edit_me": {"bio": "Hi"},
    "mute_user": {"notifications": False},
    "follow_user": {"notify": True},
    "set_follow_options": {"reposts": False},
    "edit_post": {"text": "Ho"},
    "create_draft": {"text": "Hi"},
    "edit_draft": {"text": "Ho"},
    "publish_post": {"text": "Hi"},
    "create_list": {"name": "Friends"},
    "create_media": {"type": "image/jpeg", "bytes": 1},
    "edit_media": {"alt": "An oak"},
    "complete_upload": {"status": "complete"},
    "edit_list": {"name": "Poets"},
    "move_marker": {"last_read_id": "284736281736281"},
    "move_notification_marks": {"seen_up_to": "284736281736281"},
    "mark_notification_read": {"is_read": True},
    "edit_notification_preferences": {"digest": "weekly"},
    "register_device": {
        "kind": "web",
        "endpoint": "https://push.example.org/7f3a",
        "p256dh": "BI5TO2-gv3tGJbswZnwB-2B--fi4qA_vWzAGKHAxh7Kjc-sdveAzGDZtBp-DpvWQAFPHNjPLBBshxV4ahsH0ALQ",
        "auth": "AAECAwQFBgcICQoLDA0ODw",
    },
    "request_export": {"kind": "report_pdf"},
    "edit_my_mailings": {"newsletter": True},
    "create_newsletter_issue": ISSUE,
    "edit_newsletter_issue": {"subject": "Old"},
    "set_newsletter_issue_state": {"state": "sending"},
    "send_notification": {"recipient_ids": ["284736281736281"], "name": "order.shipped"},
}
QUERIES = {
    "list_posts_by_ids": "?ids={post_id}",
    "list_users_by_ids": "?ids={user_id}",
    "list_relationships": "?ids={user_id}",
    "search_tags": "?q=for",
    "delete_me": "?confirm={username}",
    "search_posts": "?q=hello",
    "search_users": "?q={username}",
    "get_deletion": "?receipt={receipt}",
}
# Where the object of a path is not the one that its name says.
PATHS = {
    "set_newsletter_issue_state": "/v1/newsletter/issues/{going}/state",
    "withdraw_app": "/v1/me/apps/{granted}",
    "block_user": "/v1/me/blocks/{stranger}",
    "unblock_user": "/v1/me/blocks/{stranger}",
    "accept_follow_request": "/v1/me/follow-requests/{asking}",
    "reject_follow_request": "/v1/me/follow-requests/{also_asking}",
    "publish_draft": "/v1/me/drafts/{finished}/publication",
}


# What answers are made of that show posts or people.
SHOWN = {"PostCard", "UserCard", "Reaction", "Revision", "Relationship"}


@dataclass(frozen=True)
class Route:
    """One operation, where it stands."""

    method: str
    path: str
    operation: Operation

    @property
    def id(self) -> str:
        return self.operation.id

    def url(self, names: dict[str, str]) -> str:
        """Return the path and query of an allowed request."""
        return (PATHS.get(self.id, self.path) + QUERIES.get(self.id, "")).format(**names)


def patterns(entries: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every path of the URLconf with what answers it."""
    for entry in get_resolver().url_patterns if entries is None else entries:
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry.callback


def routes() -> Iterator[Route]:
    """Yield every operation of ours."""
    for path, callback in patterns():
        view = getattr(callback, "cls", None)
        if isinstance(view, type) and issubclass(view, View):
            plain = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)
            for method, operation in view.operations.items():
                yield Route(method, plain, operation)


def showing() -> set[str]:
    """Return the ids of the reads that show posts or people, whoever they are shown to."""
    reads = [route.operation for route in routes() if route.method == "GET"]
    return {read.id for read in reads if read.answer and SHOWN & _shapes_in(read.answer)}


def _shapes_in(answer: type[Shape]) -> set[str]:
    return set(answer.model_json_schema().get("$defs", ()))
