"""Who is calling, as far as every context needs to know."""

from dataclasses import dataclass, field

# The scope of what only the user's own app may do: no token and no key is ever granted it.
FIRST_PARTY = "first_party"

# The role of who runs the service; `manage.py account promote` gives it.
OPERATOR = "operator"

# What a service key carries that may name a user to act for; no user can grant it.
ON_BEHALF = "act:users"

SESSION, TOKEN, APP, SERVICE = "session", "token", "app", "service"


@dataclass(frozen=True, slots=True)
class Principal:
    """
    A caller whose credentials were checked.

    `kind` is `session` (the user's own app), `token` (a third party's app for a user), `app` (such an app for
    itself) or `service` (a service key, for itself or on behalf of a user). `scopes` is None for a session,
    which may do all that its user may; the others carry the set they were granted. `id` is the user's, or 0
    where no user is involved; `app_id` names the app of everything but a session. `roles` are the user's; of
    a service key for itself those of its owner, and on behalf of a user none.
    """

    id: int
    roles: frozenset[str] = field(default_factory=frozenset)
    epoch: int = 0
    kind: str = SESSION
    scopes: frozenset[str] | None = None
    app_id: str | None = None
    # Which key, of a service: the audit names it.
    key_id: int | None = None

    # Django's and DRF's own code asks these of anything called a user.
    is_authenticated = True
    is_anonymous = False
    is_active = True

    @property
    def pk(self) -> int:
        """Return the id under the name that Django uses."""
        return self.id

    def may(self, scope: str) -> bool:
        """Return whether the credentials reach this far."""
        return self.scopes is None or scope in self.scopes
