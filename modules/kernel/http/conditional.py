"""
Conditional requests (RFC 9110, 13): 304 if unchanged, 412 to whoever saw an older version.

An ETag is `"<version>.<digest>"`: the digest covers all that is sent, counts included, so a 304 is never
wrong; `If-Match` compares the version alone, so that a new follower refuses nobody's edit. Neither depends on
who asks: what only one viewer has is in no answer that has an ETag (`shapes.Single`).
"""

import hashlib
import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

from modules.kernel.errors import HeaderInvalid, InputError, PreconditionRequired, Stale
from modules.kernel.http import limiting
from modules.kernel.rendered import Rendered
from modules.kernel.shapes import Shape

_TAG = re.compile(r'"(\d{1,18})\.[0-9a-f]{16}"')


def tag(answer: Shape | Rendered[Any], content: bytes) -> str:
    """Return the ETag of an answer; its version is that of the row behind it, if it tells."""
    digest = hashlib.blake2b(content, digest_size=8).hexdigest()
    return f'"{getattr(answer, "version", 0)}.{digest}"'


def answer(request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponse:
    """
    Return the answer with its ETag, or 304 in its place; a 304 is not counted against the caller.

    :raises Stale: if `If-Match` names others; HeaderInvalid: if it holds none
    """
    check_if_match(request, etag)
    response.headers["ETag"] = etag
    if not has_already(request, etag):
        return response
    # Who names what they have asks for nothing; `*` asks whether there is anything at all.
    if request.META["HTTP_IF_NONE_MATCH"].strip() != "*":
        limiting.refund(request)
    return unchanged(response)


def check_if_match(request: HttpRequest, etag: str) -> None:
    """
    Hold a read to `If-Match`: of the very answer that was seen, and of no other (RFC 9110, 13.1.1).

    :raises Stale: if it is another; HeaderInvalid: if there is no ETag in it
    """
    sent = request.META.get("HTTP_IF_MATCH")
    if sent is not None and (tags := _tags_in(sent)) != ["*"] and etag not in tags:
        raise Stale("This is not what you have seen; leave out If-Match to read what there is now.")


def has_already(request: HttpRequest, etag: str) -> bool:
    """Return whether `If-None-Match` names an ETag; a weak one is as good (RFC 9110, 13.1.2)."""
    wanted = request.META.get("HTTP_IF_NONE_MATCH")
    if wanted is None:
        return False
    tags = parse_etags(wanted)
    return tags == ["*"] or etag in [each.removeprefix("W/") for each in tags]


def unchanged(response: HttpResponse) -> HttpResponse:
    """Return a 304 in place of an answer, with what caches need of it and nothing about a body."""
    kept = ("ETag", "Link", "Cache-Control", "Content-Security-Policy")
    headers = {name: response.headers[name] for name in kept if name in response.headers}
    made = HttpResponse(status=304, headers=headers)
    del made.headers["Content-Type"]
    return made


def read_versions(request: HttpRequest, *, required: bool = True) -> frozenset[int] | None:
    """
    Return the versions that `If-Match` names, or None for any; a weak ETag names none (RFC 9110, 13.1.1).

    :raises PreconditionRequired: if it is required and was not sent; HeaderInvalid: if it holds no ETag
    """
    sent = request.META.get("HTTP_IF_MATCH")
    if sent is None:
        if not required:
            return None
        hint = "Send the ETag of your last GET, or * to change whatever is there."
        raise PreconditionRequired(errors=[InputError(None, "required", hint, header="If-Match")])
    tags = _tags_in(sent)
    if tags == ["*"]:
        return None
    return frozenset(int(match[1]) for match in map(_TAG.fullmatch, tags) if match)


def _tags_in(sent: str) -> list[str]:
    tags = parse_etags(sent)
    if not tags:
        hint = "Send ETags as they came, in quotes, separated by commas."
        raise HeaderInvalid(errors=[InputError(None, "malformed", hint, header="If-Match")])
    return tags


def refuse_others(request: HttpRequest, *names: str) -> None:
    """
    Refuse conditions that nothing here looks at: to carry out a write all the same would break its promise.

    :raises HeaderInvalid: naming all that were sent
    """
    sent = [name for name in names if f"HTTP_{name.upper().replace('-', '_')}" in request.META]
    if sent:
        hint = "This operation does not look at it, so nothing was done; leave it out."
        raise HeaderInvalid(errors=[InputError(None, "not_supported", hint, header=name) for name in sent])
