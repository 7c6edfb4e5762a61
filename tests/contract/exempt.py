"""What schemathesis finds and is not a fault, each with its reason; nothing else is passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import IgnoredAuth, RejectedPositiveData, UnsupportedMethodResponse

if TYPE_CHECKING:
    from schemathesis.core.failures import Failure
    from schemathesis.core.transport import Response
    from schemathesis.generation.case import Case
    from schemathesis.hooks import HookContext

# A cursor is signed, so a made-up one is refused; text may hold no NUL and no control or direction character,
# and must hold one that can be seen, which as a pattern nobody could read; numbers deep in free JSON must be
# such as JavaScript can hold, and 1.0 is no whole number though JSON Schema says so; what an app may be is
# decided by its fields together.
_CODES = (
    # Of the numbers of nineteen digits, some are beyond 63 bits.
    *(b'"ids_invalid"', b'"id_invalid"'),
    # An ETag comes in quotes, as HTTP says of the header.
    b'"header_invalid"',
    # Which scopes there are stands in securitySchemes.oauth2, and the answer names them.
    b'"scope_unknown"',
    *(
        b'"cursor_invalid"',
        b'"unreadable"',
        b'"text_forbidden_character"',
        b'"text_blank"',
        b'"text_unstorable"',
        b'"number_too_large"',
    ),
    *(b'"not_an_integer"', b'"redirect_unsafe"', b'"redirect_missing"', b'"secret_needed"'),
)
# Rules of the product: nobody follows, blocks or mutes themselves, a mute ends in the future, what becomes of
# requests is said by whoever goes public, no key comes with two bodies, nobody has apps without end, a tag is
# of letters, digits and underscores in any script. Which reactions there are is a setting; a repost has
# nothing of its own; media are one's own and shown once; a post says or shows something; a search has words
# in it, and not too many; of the security of an account one is always told; a time zone is of this world;
# what is pushed to is a browser with its keys, or an app with its token.
_RULES = (
    *(
        b'"cannot_follow_yourself"',
        b'"cannot_block_yourself"',
        b'"cannot_mute_yourself"',
        b'"mute_end_invalid"',
    ),
    *(b'"pending_without_going_public"', b'"idempotency_key_reused"', b'"confirmation_mismatch"'),
    *(b'"too_many_apps"', b'"too_many_keys"', b'"public_app"', b'"tag_invalid"'),
    *(b'"reaction_unknown"', b'"post_is_repost"', b'"thread_too_deep"', b'"too_many_entities"'),
    *(
        b'"publish_at_out_of_range"',
        b'"timeline_name_invalid"',
        b'"last_read_in_future"',
        b'"pin_cap_reached"',
    ),
    *(b'"media_unfit"', b'"media_too_large"', b'"post_empty"'),
    *(b'"nothing_to_look_for"', b'"too_many_terms"', b'"prefix_too_short"', b'"several_authors"'),
    *(b'"time_zone_unknown"', b'"security_stays_on"', b'"too_many_muted_threads"'),
    b'"device_invalid"',
    # A report is of a year that has begun, and an archive of none.
    b'"year_unfit"',
)
# There is one export of each kind a day.
_LIMITS = (b'"export_too_soon"',)

# What whoever runs the service has not set up.
_SETTINGS = (b'"push_not_offered"',)


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """Return whether a finding counts."""
    if response.status_code == 414:
        # gunicorn refuses a request line of more than 4,094 bytes before any of our code runs.
        return False
    if isinstance(failure, AcceptedNegativeData):
        # allauth's forms convert what they get (`"primary": 1`), and its contract is stricter than they are.
        return not case.path.startswith("/auth/")
    if isinstance(failure, IgnoredAuth):
        # It spoils one of the two headers that carry credentials, and the other is the role's good one.
        sent = response.request.headers
        return not ("Authorization" in sent and "X-Session-Token" in sent)
    if isinstance(failure, UnsupportedMethodResponse):
        # allauth reads a body as a form's before it looks whether the path answers to the method.
        return not (case.path.startswith("/auth/") and response.status_code < 500)
    if isinstance(failure, RejectedPositiveData):
        return not _is_beyond_schemas(case, response)
    return True


def _is_beyond_schemas(case: Case[Any], response: Response) -> bool:
    """Return whether no schema can say what is wrong with what was sent."""
    if case.path.startswith("/auth/"):
        # A wrong password, a used key, an unknown address: allauth's forms answer 400 to all of them.
        return bool(response.status_code == 400)
    # Whoever makes up an ETag has seen another version.
    known: tuple[bytes, ...] = {400: _CODES, 409: _SETTINGS, 422: _RULES, 429: _LIMITS}.get(
        response.status_code, ()
    )
    return bool(response.status_code == 412 or any(code in response.content for code in known))
