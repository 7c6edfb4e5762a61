"""
Token families: a code or refresh token is spent once; whoever shows it a second time ends them all.

OAuth 2.0 Security Best Current Practice (RFC 9700, 4.14.2): of a thief and an owner who refresh with the same
token, the second is noticed, and nobody can tell which one it is. But for some seconds the second is most
likely the same client, in another tab or after a lost answer (`services/replays`). So of a spent refresh
token that its own app shows again:

- within 10 s of being spent, asked the same: the answer that it got. If the refresh token in that was spent
  since, then the answer to that one, and so on: what is given can be refreshed with, though its access token
  may have been revoked. Where nothing lives any more it is refused, and ends nothing.
- later, or asked for something else: refused, and its family ends.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from allauth.idp.oidc.models import Token
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Exists, F, OuterRef

from modules.accounts.errors import AppNotFound
from modules.accounts.models import Session, SpentToken, TokenFamily
from modules.accounts.services import replays
from modules.accounts.services.grants import GIVEN, end_families, end_tokens, holding_app, lock_users
from modules.accounts.services.revocations import revoke_in_cache
from modules.accounts.services.sessions import hash_key
from sharding.errors import sqlstate_of
from sharding.scope import writing_directory

# Longer than any refresh token lives.
REMEMBERED = timedelta(days=31)
SPENDABLE = (Token.Type.AUTHORIZATION_CODE, Token.Type.REFRESH_TOKEN)

# Two tabs refresh at once; each waits for a lock at most BANYAN_LOCK_TIMEOUT_MS.
TRIES = 6
LOCK_NOT_AVAILABLE = "55P03"
Result = TypeVar("Result")


class TokenReused(Exception):
    """A token was shown that had been spent before."""


class NotGranted(Exception):
    """What was shown is no code or refresh token, or no longer."""


class SessionEnded(Exception):
    """The session in which a user said yes is over."""


@dataclass(frozen=True, slots=True)
class Issued:
    """An answer of the token endpoint, and the tokens in it."""

    body: bytes
    tokens: Collection[str]


# Is told when the user authenticated, and which address they let the app see.
Issue = Callable[[datetime | None, str | None], Issued]


def open_family(
    code: str,
    *,
    user_id: int,
    app_id: str,
    session_key: str,
    authenticated_at: datetime | None,
    email: str | None,
    now: datetime,
) -> None:
    """
    Tie a new code to the consent that it comes from, and that to the session in which it was given.

    :raises SessionEnded: if that session ended meanwhile; then the code is worth nothing
    :raises AppGone: if the app was deleted meanwhile
    """
    with writing_directory():
        # Whatever ends a user's sessions waits for this row, and then sees the code.
        session = (
            Session.objects.select_for_update(no_key=True, of=("self",))
            .filter(key_hash=hash_key(session_key), expires_at__gt=now)
            .filter(user_id=user_id, user__is_active=True, user__epoch=F("epoch"))
            .first()
        )
        if session is None:
            raise SessionEnded
        with holding_app(app_id):
            family = TokenFamily.objects.create(
                user_id=user_id,
                app_id=app_id,
                session_id=session.id,
                authenticated_at=authenticated_at or session.created_at,
                created_at=now,
            )
            Token.objects.create(
                type=Token.Type.AUTHORIZATION_CODE,
                hash=hash_key(code),
                client_id=app_id,
                user_id=user_id,
                data={"family": family.id, "email": email},
                created_at=now,
                expires_at=now + timedelta(seconds=settings.IDP_OIDC_AUTHORIZATION_CODE_EXPIRES_IN),
            )


def exchange(presented: str, issue: Issue, *, app_id: str, asked: str, now: datetime) -> bytes:
    """
    Spend a code or refresh token for what `issue` gives, all in one transaction, and return its answer.

    What `issue` raises spends nothing; `asked` is what a repeat has to ask too to be given the same answer.

    :raises NotGranted: if it is none, or it ended, and `issue` did not notice
    :raises AppGone: if the app that shows it was deleted
    """
    return _patiently(lambda: _exchange(presented, issue, app_id=app_id, asked=asked, now=now))


def _exchange(presented: str, issue: Issue, *, app_id: str, asked: str, now: datetime) -> bytes:
    with writing_directory():
        lock_users(_spendable(hash_key(presented)).values_list("user_id", flat=True))
        with holding_app(app_id):
            return _spend(presented, issue, asked=asked, now=now)


def _spend(presented: str, issue: Issue, *, asked: str, now: datetime) -> bytes:
    token = _spendable(hash_key(presented)).first()
    family = _family_of(token)
    at = None if family is None else family.authenticated_at
    issued = issue(at, None if token is None else token.get_scope_email())
    if token is None:
        raise NotGranted
    if family is None:
        family = TokenFamily.objects.create(user_id=token.user_id, app_id=token.client_id, created_at=now)
    _adopt(issued.tokens, token, family.id)
    Token.objects.filter(id=token.id).delete()
    spent = SpentToken(token_hash=token.hash, family_id=family.id, expires_at=now + REMEMBERED)
    if token.type == Token.Type.REFRESH_TOKEN:
        spent.answer = replays.seal(presented, issued.body, asked=asked)
        spent.answer_until = now + replays.WINDOW
    spent.save(force_insert=True)
    return issued.body


def answer_again(presented: str, *, app_id: str, asked: str, now: datetime) -> bytes | None:
    """
    Return the answer to a refresh token that its app spent a moment ago; None if it was none of that app.

    :raises TokenReused: if the moment is over, or something else is asked; its family has ended
    :raises NotGranted: if all that came of it has ended before
    """
    spent = SpentToken.objects.select_related("family").filter(token_hash=hash_key(presented)).first()
    if spent is None or spent.family is None or spent.family.app_id != app_id:
        return None
    answer, revocation_ids = _patiently(lambda: _answer_or_end(spent, presented, asked=asked, now=now))
    revoke_in_cache(*revocation_ids)
    if answer is None:
        raise TokenReused
    return answer


def _answer_or_end(
    spent: SpentToken, presented: str, *, asked: str, now: datetime
) -> tuple[bytes | None, list[str]]:
    """
    Return the answer to a repeat; of what is none, end the family and return the revocation ids.

    :raises NotGranted: if it is a repeat, and nothing that came of it lives
    """
    assert spent.family is not None
    with writing_directory():
        lock_users([spent.family.user_id])
        if _answer_to(spent, presented, asked=asked, now=now) is None:
            return None, end_families([spent.family])
        answer = _find_living_answer(spent, presented, asked=asked, now=now)
    if answer is None:
        raise NotGranted
    return answer, []


def withdraw_consent(user_id: int, app_id: str) -> None:
    """
    End all that a user granted an app, at once.

    :raises AppNotFound: if they granted it nothing
    """
    with writing_directory(owner_id=user_id):
        lock_users([user_id])
        families = TokenFamily.objects.filter(user_id=user_id, app_id=app_id)
        if not families.exists():
            raise AppNotFound
        revocation_ids = end_tokens(Token.objects.filter(user_id=user_id, client_id=app_id, type__in=GIVEN))
        families.delete()
    revoke_in_cache(*revocation_ids)


def end_app_tokens(user_id: int, app_id: str) -> None:
    """End all codes and tokens that an app has of a user who logs out of it; nothing to end is no error."""
    with writing_directory(owner_id=user_id):
        lock_users([user_id])
        revocation_ids = end_tokens(Token.objects.filter(user_id=user_id, client_id=app_id, type__in=GIVEN))
    revoke_in_cache(*revocation_ids)


def end_token(presented: str, *, app_id: str) -> None:
    """
    End a token that its own app gives up; with a refresh token its family goes (RFC 7009, 2.1).

    So it does with one that was spent: of a refresh whose answer was lost the app knows no other.
    """
    digest = hash_key(presented)
    tokens = Token.objects.filter(hash=digest, client_id=app_id, type__in=GIVEN)
    spent = TokenFamily.objects.filter(spenttoken__token_hash=digest, app_id=app_id)
    with writing_directory():
        # In this order: what is being spent just now is found by the one or the other.
        lock_users([*tokens.values_list("user_id", flat=True), *spent.values_list("user_id", flat=True)])
        token = tokens.first()
        family = _family_of(token) if token is not None else spent.first()
        is_alone = token is not None and token.type == Token.Type.ACCESS_TOKEN
        revocation_ids = end_tokens(tokens) if family is None or is_alone else end_families([family])
    revoke_in_cache(*revocation_ids)


def forget_spent_tokens(*, now: datetime) -> int:
    """
    Delete what was spent so long ago that it is dead anyway, and what ended: tokens, their consents, answers.

    Bears a repeat.
    """
    with writing_directory():
        deleted, _ = SpentToken.objects.filter(expires_at__lte=now).delete()
        SpentToken.objects.filter(answer_until__lte=now).update(answer=None, answer_until=None)
        Token.objects.filter(expires_at__lte=now).delete()
        living = Token.objects.filter(user_id=OuterRef("user_id"), client_id=OuterRef("app_id"))
        old = TokenFamily.objects.filter(created_at__lte=now - REMEMBERED)
        old.filter(~Exists(living)).delete()
    return deleted


def _patiently(work: Callable[[], Result]) -> Result:
    """Do what another request of the same user may hold up, as long as a client can be asked to wait."""
    for left in range(TRIES - 1, -1, -1):
        try:
            return work()
        except DatabaseError as error:
            if left == 0 or sqlstate_of(error) != LOCK_NOT_AVAILABLE:
                raise
    raise AssertionError("the last try returns or raises")


def _spendable(presented_hash: str) -> Any:
    """Return the code or refresh token of a hash; whose user is locked, nobody else spends or ends it."""
    return Token.objects.valid().filter(hash=presented_hash, type__in=SPENDABLE)


def _family_of(token: Token | None) -> TokenFamily | None:
    family_id = (token.data or {}).get("family") if token is not None else None
    return TokenFamily.objects.filter(id=family_id).first() if family_id is not None else None


def _adopt(values: Collection[str], spent: Token, family_id: int) -> None:
    """
    Write down of new tokens what was granted: in which family, and with which address.

    An access token may be asked for with less; the refresh token beside it may do no less (RFC 6749, 6).
    """
    for token in Token.objects.filter(hash__in=[hash_key(value) for value in values]):
        token.data = {**(token.data or {}), "family": family_id, "email": spent.get_scope_email()}
        if token.type == spent.type:
            token.scopes = spent.scopes
        token.save(update_fields=["data", "scopes"])


def _answer_to(spent: SpentToken, presented: str, *, asked: str, now: datetime) -> bytes | None:
    """Return what a refresh token was exchanged for a moment ago, if it is that which is asked."""
    if spent.answer is None or spent.answer_until is None or now >= spent.answer_until:
        return None
    return replays.unseal(presented, bytes(spent.answer), asked=asked)


def _find_living_answer(
    spent: SpentToken | None, presented: str, *, asked: str, now: datetime
) -> bytes | None:
    """Return the first answer, from that to a spent token on, whose own refresh token can still be used."""
    while spent is not None:
        answer = _answer_to(spent, presented, asked=asked, now=now)
        if answer is None:
            return None
        presented = replays.refresh_token_in(answer)
        digest = hash_key(presented)
        if Token.objects.valid().filter(hash=digest).exists():
            return answer
        spent = SpentToken.objects.filter(token_hash=digest).first()
    return None
