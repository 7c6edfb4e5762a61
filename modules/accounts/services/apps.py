"""Registering apps: third parties that ask users for access, and services of one's own."""

import secrets
from collections.abc import Collection
from datetime import datetime

from allauth.idp.oidc.models import Client, Token
from django.contrib.auth.hashers import make_password

from modules.accounts.errors import AppNotFound, TooManyApps
from modules.accounts.events import CredentialsEnded
from modules.accounts.models import ServiceKey, User
from modules.accounts.schemas import AppCreated, AppType, EditApp, NewApp, NewSecret
from modules.accounts.selectors.apps import to_card
from modules.accounts.services.grants import lock_tokens
from modules.accounts.services.hashing import SecretHasher
from modules.accounts.services.notices import notify
from modules.accounts.services.revocations import key_revocation_id, revoke_in_cache, token_revocation_id
from modules.audit.public import note
from modules.kernel.errors import check_version
from sharding import outbox
from sharding.scope import Once, writing_directory

MAX_APPS = 20


def register_app(owner_id: int, new: NewApp, *, now: datetime, once: Once | None) -> AppCreated:
    """
    Register an app of a user and return it with its secret, which nobody can read again.

    A repeat of the request gets the app without the secret: it is not kept, not even as an answer.

    :raises TooManyApps: if the user has reached the limit
    """
    secret = _new_secret() if new.type == AppType.CONFIDENTIAL else None
    app = Client(owner_id=owner_id, type=new.type.value, created_at=now, response_types="code", secret="")
    _set_secret(app, secret)
    _fill(app, new)
    with writing_directory(once=once, owner_id=owner_id) as write:
        # The owner's row is the lock under which their apps are counted.
        User.objects.select_for_update().get(id=owner_id)
        if Client.objects.filter(owner_id=owner_id).count() >= MAX_APPS:
            raise TooManyApps
        app.save(force_insert=True)
        note("app_registered", app_id=app.id, actor_id=owner_id, now=now)
        notify(owner_id, "The app{name} was registered.", notice="app_registered", name=app.name, now=now)
        card = to_card(app).model_dump()
        write.answer(201, AppCreated(**card, secret=None).json_bytes())
    return AppCreated(**card, secret=secret)


def edit_app(
    owner_id: int, app_id: str, edit: EditApp, *, seen: Collection[int] | None, now: datetime
) -> None:
    """
    Change what was sent of an app if it still is as the caller saw it.

    :raises AppNotFound: if the user has no such app
    :raises Stale: if its version is none of those seen; None stands for any
    """
    with writing_directory(owner_id=owner_id):
        app = _lock(owner_id, app_id)
        check_version(to_card(app).version, seen)
        _fill(app, edit)
        app.save()
        note("app_edited", app_id=app_id, actor_id=owner_id, now=now)
        notify(owner_id, "Your app{name} was edited.", notice="app_edited", name=app.name, now=now)


def rotate_secret(owner_id: int, app_id: str, *, now: datetime, once: Once | None) -> NewSecret:
    """
    Give an app a new secret in place of the old one, which ends at once.

    :raises AppNotFound: if the user has no such app, or it is a public one and has no secret
    """
    secret = _new_secret()
    with writing_directory(once=once, owner_id=owner_id) as write:
        app = _lock(owner_id, app_id)
        if app.type != AppType.CONFIDENTIAL:
            raise AppNotFound
        _set_secret(app, secret)
        app.save(update_fields=["secret"])
        note("secret_rotated", app_id=app_id, actor_id=owner_id, now=now)
        what = "A new secret was made for your app{name}."
        notify(owner_id, what, notice="app_secret_rotated", name=app.name, now=now)
        write.answer(201, NewSecret(secret=None).json_bytes())
    return NewSecret(secret=secret)


def delete_app(owner_id: int, app_id: str, *, now: datetime) -> None:
    """
    Delete an app with all its tokens and keys; they end at once.

    :raises AppNotFound: if the user has no such app
    """
    with writing_directory(owner_id=owner_id):
        app = _lock(owner_id, app_id)
        notify(owner_id, "Your app{name} was deleted.", notice="app_deleted", name=app.name, now=now)
        revocation_ids = _drop(app, now=now)
    revoke_in_cache(*revocation_ids)


def drop_apps(owner_id: int, *, now: datetime) -> list[str]:
    """
    Delete all apps of a user in the caller's transaction, and tell nobody by mail.

    Return what Redis has to hear once it is committed (`revoke_in_cache`).
    """
    apps = Client.objects.select_for_update().filter(owner_id=owner_id).order_by("id")
    return [revocation_id for app in apps for revocation_id in _drop(app, now=now)]


def end_credentials(app_id: str, revocation_ids: list[str], *, owner_id: int) -> None:
    """Announce in the open transaction what ends with it; tell Redis after it (`revoke_in_cache`)."""
    if revocation_ids:
        outbox.record(CredentialsEnded(app_id=app_id, revocation_ids=revocation_ids), owner_id=owner_id)


def _lock(owner_id: int, app_id: str) -> Client:
    app = Client.objects.select_for_update().filter(id=app_id, owner_id=owner_id).first()
    if app is None:
        raise AppNotFound
    return app


def _drop(app: Client, *, now: datetime) -> list[str]:
    """Delete a locked app with its tokens and keys, announce it, and return their revocation ids."""
    app_id, owner_id = app.id, app.owner_id
    tokens = lock_tokens(Token.objects.filter(client=app))
    revocation_ids = [token_revocation_id(each.id) for each in tokens if each.type == each.Type.ACCESS_TOKEN]
    keys = ServiceKey.objects.filter(app_id=app_id)
    revocation_ids += [key_revocation_id(id) for id in keys.values_list("id", flat=True)]
    keys.delete()
    app.delete()
    note("app_deleted", app_id=app_id, actor_id=owner_id, now=now)
    end_credentials(app_id, revocation_ids, owner_id=owner_id)
    return revocation_ids


def _new_secret() -> str:
    return f"bk_secret_{secrets.token_urlsafe(32)}"


def _set_secret(app: Client, secret: str | None) -> None:
    app.secret = make_password(secret, hasher=SecretHasher.algorithm)


def _fill(app: Client, sent: NewApp | EditApp) -> None:
    """Put what was sent into allauth's columns."""
    given = sent.model_fields_set
    if "name" in given:
        app.name = sent.name
    if "redirect_uris" in given:
        app.set_redirect_uris(list(sent.redirect_uris))
    if "post_logout_redirect_uris" in given:
        app.set_post_logout_redirect_uris(list(sent.post_logout_redirect_uris))
    if "scopes" in given:
        app.set_scopes(list(sent.scopes))
    if isinstance(sent, NewApp):
        app.set_grant_types(list(sent.grant_types))
