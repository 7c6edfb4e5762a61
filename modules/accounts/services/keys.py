"""Service keys: made, rotated with overlap, revoked at once."""

import secrets
from datetime import datetime, timedelta

from allauth.idp.oidc.models import Client

from modules.accounts.errors import (
    AppNotFound,
    KeyNotFound,
    OperatorsOnly,
    PublicAppHasNoKeys,
    TooManyKeys,
)
from modules.accounts.models import ServiceKey, User
from modules.accounts.schemas import AppType, KeyCreated, NewKey
from modules.accounts.selectors.apps import to_key_card
from modules.accounts.services.apps import end_credentials
from modules.accounts.services.notices import notify
from modules.accounts.services.revocations import key_revocation_id, revoke_in_cache
from modules.accounts.services.sessions import hash_key
from modules.audit.public import note
from modules.kernel.principals import OPERATOR
from sharding.scope import Once, writing_directory

PREFIX = "bk_live_"
MAX_KEYS = 10


def create_key(owner_id: int, app_id: str, new: NewKey, *, now: datetime, once: Once | None) -> KeyCreated:
    """
    Make a key of an app and return it; nobody can read it again, so a repeat gets it without the key.

    :raises AppNotFound: if the user has no such app
    :raises PublicAppHasNoKeys: if the app cannot keep a secret
    :raises OperatorsOnly: if it may act for users and the owner is no operator
    :raises TooManyKeys: if the app has reached the limit
    """
    with writing_directory(once=once, owner_id=owner_id) as write:
        _lock_app(owner_id, app_id, now=now)
        if new.may_act_for_users:
            _ask_for_operator(owner_id)
        made = ServiceKey(
            app_id=app_id,
            name=new.name,
            scopes=list(new.scopes),
            may_act_for_users=new.may_act_for_users,
            created_by_id=owner_id,
            expires_at=now + timedelta(days=new.days),
        )
        created = _store(made, owner_id=owner_id, action="key_created", now=now)
        write.answer(201, created.model_copy(update={"key": None}).json_bytes())
    return created


def rotate_key(
    owner_id: int, app_id: str, key_id: int, *, overlap: timedelta, now: datetime, once: Once | None
) -> KeyCreated:
    """
    Make the successor of a key, with the same name, scopes and length of life; the old one lives on a while.

    :raises AppNotFound: as `create_key`; so TooManyKeys, and OperatorsOnly of who is no longer one
    :raises KeyNotFound: if the app has no such living key
    """
    with writing_directory(once=once, owner_id=owner_id) as write:
        _lock_app(owner_id, app_id, now=now)
        old = ServiceKey.objects.filter(id=key_id, app_id=app_id, expires_at__gt=now).first()
        if old is None:
            raise KeyNotFound
        if old.may_act_for_users:
            _ask_for_operator(owner_id)
        successor = ServiceKey(
            app_id=app_id,
            name=old.name,
            scopes=old.scopes,
            may_act_for_users=old.may_act_for_users,
            created_by_id=owner_id,
            expires_at=now + (old.expires_at - old.created_at),
        )
        created = _store(successor, owner_id=owner_id, action="key_rotated", now=now)
        ServiceKey.objects.filter(id=key_id).update(expires_at=min(old.expires_at, now + overlap))
        # Cached entries know the later end: they are dropped, and the directory says how long it lives.
        end_credentials(app_id, [key_revocation_id(key_id)], owner_id=owner_id)
        write.answer(201, created.model_copy(update={"key": None}).json_bytes())
    revoke_in_cache(key_revocation_id(key_id))
    return created


def revoke_key(owner_id: int, app_id: str, key_id: int, *, now: datetime) -> None:
    """
    End a key at once; one that has ended already is left as it is.

    :raises AppNotFound: if the user has no such app
    :raises KeyNotFound: if the app never had such a key
    """
    with writing_directory(owner_id=owner_id):
        if not Client.objects.filter(id=app_id, owner_id=owner_id).exists():
            raise AppNotFound
        key = ServiceKey.objects.select_for_update().filter(id=key_id, app_id=app_id).first()
        if key is None:
            raise KeyNotFound
        if key.expires_at <= now:
            return
        ServiceKey.objects.filter(id=key_id).update(expires_at=now)
        note("key_revoked", app_id=app_id, actor_id=owner_id, now=now, key_id=key_id)
        end_credentials(app_id, [key_revocation_id(key_id)], owner_id=owner_id)
    revoke_in_cache(key_revocation_id(key_id))


def _ask_for_operator(owner_id: int) -> None:
    if not User.objects.filter(id=owner_id, roles__contains=[OPERATOR]).exists():
        raise OperatorsOnly


def _lock_app(owner_id: int, app_id: str, *, now: datetime) -> None:
    """Lock an app, under which its keys are counted."""
    app = Client.objects.select_for_update().filter(id=app_id, owner_id=owner_id).first()
    if app is None:
        raise AppNotFound
    if app.type != AppType.CONFIDENTIAL:
        raise PublicAppHasNoKeys
    if ServiceKey.objects.filter(app_id=app_id, expires_at__gt=now).count() >= MAX_KEYS:
        raise TooManyKeys


def _store(made: ServiceKey, *, owner_id: int, action: str, now: datetime) -> KeyCreated:
    key = PREFIX + secrets.token_urlsafe(32)
    made.created_at = now
    made.prefix = key[: len(PREFIX) + 6]
    made.key_hash = hash_key(key)
    made.save(force_insert=True)
    note(action, app_id=made.app_id, actor_id=owner_id, now=now, key_id=made.id)
    what = f"The service key{{name}} ({made.prefix}…) was made."
    notify(owner_id, what, notice="key_created", name=made.name, now=now)
    return KeyCreated(**to_key_card(made).model_dump(), key=key)
