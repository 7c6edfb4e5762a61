"""
Conditional requests (RFC 9110, 13): 304 to who has it already, 412 to who saw an older version.

An ETag is `"<version>.<digest>"`: the digest covers all that is sent, counts included, so a 304 is never
wrong; `If-Match` compares the version alone, so that a new follower refuses nobody's edit. Neither depends on
who asks: what only one viewer has is in no answer that has an ETag (`shapes.Single`).
"""

import hashlib
import re
from typing import Any

from django.http import HttpRequest, HttpResponse

from modules.kernel.errors import Fault, HeaderInvalid, PreconditionRequired
from modules.kernel.http import limiting
from modules.kernel.rendered import Rendered
from modules.kernel.shapes import Shape

_TAG = re.compile(r'"(\d{1,18})\.[0-9a-f]{16}"')


def tag(answer: Shape | Rendered[Any], content: bytes) -> str:
    """Return the ETag of an answer; its version is that of the row behind it, if it tells."""
    digest = hashlib.blake2b(content, digest_size=8).hexdigest()
    return f'"{getattr(answer, "version", 0)}.{digest}"'


def answer(request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponse:
    """Return the answer with its ETag, or 304 in its place; a 304 is not counted against the caller."""
    response.headers["ETag"] = etag
    wanted = request.META.get("HTTP_IF_NONE_MATCH")
    if wanted is None or not (wanted == "*" or etag in _listed(wanted)):
        return response
    limiting.give_back(request)
    headers = {name: response.headers[name] for name in ("ETag", "Link") if name in response.headers}
    unchanged = HttpResponse(status=304, headers=headers)
    del unchanged.headers["Content-Type"]
    return unchanged


def read_versions(request: HttpRequest) -> frozenset[int] | None:
    """
    Return the versions that `If-Match` names, or None for `*`.

    :raises PreconditionRequired: if it was not sent; HeaderInvalid: if it holds no ETag of ours
    """
    sent = request.META.get("HTTP_IF_MATCH")
    if sent is None:
        hint = "Send the ETag of your last GET, or * to change whatever is there."
        raise PreconditionRequired(errors=[Fault(None, "required", hint, header="If-Match")])
    if sent.strip() == "*":
        return None
    matches = [_TAG.fullmatch(part) for part in _listed(sent)]
    if not all(matches) or not matches:
        hint = "Send ETags as they came, in quotes, separated by commas."
        raise HeaderInvalid(errors=[Fault(None, "malformed", hint, header="If-Match")])
    return frozenset(int(match[1]) for match in matches if match)


def _listed(header: str) -> list[str]:
    return [part.strip().removeprefix("W/") for part in header.split(",")]
