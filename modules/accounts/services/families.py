"""
Token families: a code or refresh token is spent once; whoever shows it a second time ends them all.

OAuth 2.0 Security Best Current Practice (RFC 9700, 4.14.2): of a thief and an owner who refresh with the same
token, the second is noticed, and nobody can tell which one it is.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import TypeVar

from allauth.idp.oidc.models import Token

from modules.accounts.errors import AppNotFound
from modules.accounts.models import SpentToken, TokenFamily
from modules.accounts.services.apps import end_credentials
from modules.accounts.services.credentials import token_mark
from modules.accounts.services.revocations import tell_ended
from modules.accounts.services.sessions import hash_key
from sharding.scope import writing_directory

# Longer than any refresh token lives.
REMEMBERED = timedelta(days=31)
GIVEN = (Token.Type.ACCESS_TOKEN, Token.Type.REFRESH_TOKEN)

Result = TypeVar("Result")


class TokenReused(Exception):
    """A token was shown that had been spent before."""

    def __init__(self, family_id: int | None) -> None:
        """Keep whose it was."""
        super().__init__("the token was spent before")
        self.family_id = family_id


def exchange(presented: str, issue: Callable[[], tuple[Result, Collection[str]]], *, now: datetime) -> Result:
    """
    Spend a code or refresh token for what `issue` gives: a result and the new tokens, all in one transaction.

    What `issue` raises spends nothing. A token that was spent before ends its whole family.

    :raises TokenReused: if it was spent before
    """
    try:
        with writing_directory():
            return _exchange(hash_key(presented), issue, now=now)
    except TokenReused as reused:
        if reused.family_id is not None:
            end_family(reused.family_id)
        raise


def end_family(family_id: int) -> None:
    """End all tokens of a family, at once."""
    with writing_directory():
        family = TokenFamily.objects.select_for_update().filter(id=family_id).first()
        if family is None:
            return
        tokens = Token.objects.filter(
            user_id=family.user_id, client_id=family.app_id, type__in=GIVEN, data__family=family_id
        )
        marks = _delete(tokens, app_id=family.app_id, user_id=family.user_id)
    tell_ended(*marks)


def withdraw_consent(user_id: int, app_id: str) -> None:
    """
    End all that a user granted an app, at once.

    :raises AppNotFound: if he granted it nothing
    """
    with writing_directory(owner_id=user_id):
        families = TokenFamily.objects.filter(user_id=user_id, app_id=app_id)
        if not families.exists():
            raise AppNotFound
        tokens = Token.objects.filter(user_id=user_id, client_id=app_id, type__in=GIVEN)
        marks = _delete(tokens, app_id=app_id, user_id=user_id)
        families.delete()
    tell_ended(*marks)


def end_token(presented: str, *, app_id: str) -> None:
    """End a token that its own app gives up; with a refresh token its family goes (RFC 7009, 2.1)."""
    token = Token.objects.filter(hash=hash_key(presented), client_id=app_id, type__in=GIVEN).first()
    if token is None:
        return
    family_id = (token.data or {}).get("family")
    if token.type == Token.Type.REFRESH_TOKEN and family_id is not None:
        end_family(family_id)
        return
    with writing_directory():
        marks = _delete(Token.objects.filter(id=token.id), app_id=token.client_id, user_id=token.user_id or 0)
    tell_ended(*marks)


def forget_spent_tokens(*, now: datetime) -> int:
    """Delete what was spent so long ago that it is dead anyway, and tokens that ended; bears a repeat."""
    with writing_directory():
        deleted, _ = SpentToken.objects.filter(expires_at__lte=now).delete()
        Token.objects.filter(expires_at__lte=now).delete()
    return deleted


def _exchange(
    presented_hash: str, issue: Callable[[], tuple[Result, Collection[str]]], *, now: datetime
) -> Result:
    """Spend first, issue second, and tie the new tokens to the family of the spent one."""
    spent, is_new = SpentToken.objects.get_or_create(
        token_hash=presented_hash, defaults={"expires_at": now + REMEMBERED}
    )
    if not is_new:
        raise TokenReused(spent.family_id)
    old = Token.objects.filter(hash=presented_hash, type=Token.Type.REFRESH_TOKEN).first()
    family_id = (old.data or {}).get("family") if old else None
    result, values = issue()
    made = Token.objects.filter(hash__in=[hash_key(value) for value in values])
    if family_id is None:
        family_id = _found(made, now=now)
    for token in made:
        token.data = {**(token.data or {}), "family": family_id}
        token.save(update_fields=["data"])
    SpentToken.objects.filter(token_hash=presented_hash).update(family_id=family_id)
    return result


def _found(made: Collection[Token], *, now: datetime) -> int:
    """Start a family for the first tokens of a consent."""
    first = next(iter(made))
    family = TokenFamily.objects.create(user_id=first.user_id, app_id=first.client_id, created_at=now)
    return family.id


def _delete(tokens: "Collection[Token]", *, app_id: str, user_id: int) -> list[str]:
    """Delete tokens, announce the access tokens among them, and return their marks."""
    rows = list(tokens)
    marks = [token_mark(row.id) for row in rows if row.type == Token.Type.ACCESS_TOKEN]
    Token.objects.filter(id__in=[row.id for row in rows]).delete()
    end_credentials(app_id, marks, owner_id=user_id)
    return marks
