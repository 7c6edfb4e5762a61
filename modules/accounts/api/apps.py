"""`/v1/apps`: what developers register, and the keys of their services."""

from datetime import timedelta

from modules.accounts.errors import (
    AppNotFound,
    KeyNotFound,
    OperatorsOnly,
    PublicAppHasNoKeys,
    ReauthenticationRequired,
    TooManyApps,
    TooManyKeys,
)
from modules.accounts.schemas import (
    AppCard,
    AppCreated,
    AppPage,
    EditApp,
    GrantPage,
    KeyCreated,
    KeyPage,
    NewApp,
    NewKey,
    NewSecret,
    Rotation,
)
from modules.accounts.selectors.apps import get_app, list_apps, list_audit, list_grants, list_keys
from modules.accounts.services.apps import delete_app, edit_app, register_app, rotate_secret
from modules.accounts.services.keys import create_key, revoke_key, rotate_key
from modules.accounts.services.presence import require_presence
from modules.accounts.services.token_families import withdraw_consent
from modules.audit.schemas import AuditPage
from modules.kernel import clock
from modules.kernel.cursors import Paging
from modules.kernel.errors import Stale
from modules.kernel.http import Request, View, endpoint
from modules.kernel.principals import FIRST_PARTY


class Apps(View):
    """The caller's apps."""

    @endpoint("list_apps", scope=FIRST_PARTY)
    def get(self, request: Request) -> AppPage:
        """List the caller's apps, newest first."""
        return list_apps(request.user.id)

    @endpoint("register_app", scope=FIRST_PARTY, status=201, refuses=(ReauthenticationRequired, TooManyApps))
    def post(self, request: Request, body: NewApp) -> AppCreated:
        """
        Register an app.

        Its `id` is the `client_id` of OAuth. The secret is shown this once; a repeat with the same
        `Idempotency-Key` gets the app without it.
        """
        require_presence(request.auth, now=clock.now())
        return register_app(request.user.id, body, now=clock.now(), once=request.once)


class App(View):
    """One app."""

    @endpoint("get_app", scope=FIRST_PARTY, conditional=True, refuses=(AppNotFound,))
    def get(self, request: Request, app_id: str) -> AppCard:
        """Show one of the caller's apps."""
        return get_app(request.user.id, app_id)

    @endpoint(
        "edit_app",
        scope=FIRST_PARTY,
        conditional=True,
        refuses=(ReauthenticationRequired, AppNotFound, Stale),
    )
    def patch(self, request: Request, app_id: str, body: EditApp) -> AppCard:
        """
        Edit an app.

        What is left out stays as it is. Tokens that were granted keep the scopes they have. `If-Match` names
        the ETag that was seen, and if the app has changed since, nothing is done.
        """
        require_presence(request.auth, now=clock.now())
        edit_app(request.user.id, app_id, body, seen=request.seen, now=clock.now())
        return get_app(request.user.id, app_id)

    @endpoint("delete_app", scope=FIRST_PARTY, refuses=(ReauthenticationRequired, AppNotFound))
    def delete(self, request: Request, app_id: str) -> None:
        """Delete an app with all its tokens and keys; they end at once."""
        require_presence(request.auth, now=clock.now())
        delete_app(request.user.id, app_id, now=clock.now())


class Secrets(View):
    """An app's secret."""

    @endpoint(
        "rotate_app_secret", scope=FIRST_PARTY, status=201, refuses=(ReauthenticationRequired, AppNotFound)
    )
    def post(self, request: Request, app_id: str) -> NewSecret:
        """Give an app a new secret; the old one ends at once."""
        require_presence(request.auth, now=clock.now())
        return rotate_secret(request.user.id, app_id, now=clock.now(), once=request.once)


class Keys(View):
    """An app's service keys."""

    @endpoint("list_app_keys", scope=FIRST_PARTY, refuses=(AppNotFound,))
    def get(self, request: Request, app_id: str) -> KeyPage:
        """List the newest hundred keys of an app, those that have ended among them."""
        return list_keys(request.user.id, app_id)

    @endpoint(
        "create_app_key",
        scope=FIRST_PARTY,
        status=201,
        refuses=(ReauthenticationRequired, AppNotFound, PublicAppHasNoKeys, OperatorsOnly, TooManyKeys),
    )
    def post(self, request: Request, app_id: str, body: NewKey) -> KeyCreated:
        """
        Make a service key.

        It is shown this once; a repeat with the same `Idempotency-Key` gets the rest without it.
        """
        require_presence(request.auth, now=clock.now())
        return create_key(request.user.id, app_id, body, now=clock.now(), once=request.once)


class Key(View):
    """One service key."""

    @endpoint("revoke_app_key", scope=FIRST_PARTY, refuses=(AppNotFound, KeyNotFound))
    def delete(self, request: Request, app_id: str, key_id: int) -> None:
        """Revoke a key; it ends at once."""
        revoke_key(request.user.id, app_id, key_id, now=clock.now())


class Rotations(View):
    """The successors of a service key."""

    @endpoint(
        "rotate_app_key",
        scope=FIRST_PARTY,
        status=201,
        refuses=(
            ReauthenticationRequired,
            AppNotFound,
            KeyNotFound,
            PublicAppHasNoKeys,
            OperatorsOnly,
            TooManyKeys,
        ),
    )
    def post(self, request: Request, app_id: str, key_id: int, body: Rotation) -> KeyCreated:
        """
        Make the successor of a key.

        It has the same name, scopes and length of life; the old one lives on for `overlap_seconds`.
        """
        require_presence(request.auth, now=clock.now())
        return rotate_key(
            request.user.id,
            app_id,
            key_id,
            overlap=timedelta(seconds=body.overlap_seconds),
            now=clock.now(),
            once=request.once,
        )


class Grants(View):
    """The apps that the caller let in."""

    @endpoint("list_granted_apps", scope=FIRST_PARTY)
    def get(self, request: Request) -> GrantPage:
        """List the apps that may act for the caller, newest first."""
        return list_grants(request.user.id)


class Grant(View):
    """One app that the caller let in."""

    @endpoint("withdraw_app", scope=FIRST_PARTY, refuses=(AppNotFound,))
    def delete(self, request: Request, app_id: str) -> None:
        """Withdraw all that an app may do for the caller; its tokens end at once."""
        withdraw_consent(request.user.id, app_id)


class Audit(View):
    """What was done with an app's power."""

    @endpoint("list_app_audit", scope=FIRST_PARTY, refuses=(AppNotFound,))
    def get(self, request: Request, app_id: str, paging: Paging) -> AuditPage:
        """List what was done to the app, and by its keys on behalf of users, newest first."""
        return list_audit(request.user.id, app_id, paging)
