"""What users granted to apps, and how it ends: codes and tokens alike, in the caller's transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from allauth.idp.oidc.models import Client, Token
from django.db import connections
from django.db.models import QuerySet

from modules.accounts.events import CredentialsEnded
from modules.accounts.models import TokenFamily, User
from modules.accounts.services.revocations import token_revocation_id
from sharding import outbox
from sharding.scope import writing_directory

# A code is a token as well: allauth keeps what it stands for in the cache, and we keep a row beside it, so
# that whatever ends tokens ends codes.
GIVEN = (Token.Type.AUTHORIZATION_CODE, Token.Type.ACCESS_TOKEN, Token.Type.REFRESH_TOKEN)
HOLD_APP = f"SELECT 1 FROM {Client._meta.db_table} WHERE id = %s FOR KEY SHARE"  # noqa: S608 - a table's name


class AppGone(Exception):
    """An app was deleted before anything could be given to it."""


def lock_users(user_ids: Iterable[int]) -> None:
    """
    Let nobody else give or end what these users granted until the open transaction is over.

    Without it tokens that are being given just now would be missed by what ends all tokens. Whoever takes it
    takes it first.
    """
    users = User.objects.select_for_update(no_key=True).filter(id__in=set(user_ids)).order_by("id")
    list(users.values_list("id", flat=True))


@contextmanager
def holding_app(app_id: str) -> Iterator[None]:
    """
    Open a transaction during which an app is not deleted; many hold one at once, and its users come first.

    A code or token that came in after the deletion had looked for them would point at nothing, and be refused
    by the foreign key at the commit, when nobody can tell any more what to answer.

    :raises AppGone: if it was deleted
    """
    with writing_directory() as write:
        with connections[write.alias].cursor() as cursor:
            cursor.execute(HOLD_APP, [app_id])
            if cursor.fetchone() is None:
                raise AppGone
        yield


def lock_tokens(tokens: "QuerySet[Token]") -> list[Token]:
    """
    Return codes and tokens that nobody else ends until the open transaction is over.

    By their ids, for a user ends all of theirs while an app is deleted with all of its: each would wait for
    what the other has, if a DELETE took them as they lie.
    """
    return list(tokens.select_for_update(of=("self",)).order_by("id"))


def end_tokens(tokens: "QuerySet[Token]") -> list[str]:
    """Delete codes and tokens, announce the access tokens among them, and return their revocation ids."""
    rows = lock_tokens(tokens)
    Token.objects.filter(id__in=[row.id for row in rows]).delete()
    ended: dict[tuple[str, int], list[str]] = defaultdict(list)
    for row in rows:
        if row.type == Token.Type.ACCESS_TOKEN:
            ended[row.client_id, row.user_id or 0].append(token_revocation_id(row.id))
    for (app_id, user_id), revocation_ids in ended.items():
        outbox.record(CredentialsEnded(app_id=app_id, revocation_ids=revocation_ids), owner_id=user_id)
    return [revocation_id for revocation_ids in ended.values() for revocation_id in revocation_ids]


def end_families(families: Collection[TokenFamily]) -> list[str]:
    """Delete all that came from these consents, announce it, and return the revocation ids."""
    tokens = Token.objects.filter(
        user_id__in={family.user_id for family in families},
        type__in=GIVEN,
        data__family__in=[family.id for family in families],
    )
    return end_tokens(tokens) if families else []
