"""Who is calling, as far as every context needs to know."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Principal:
    """
    A caller whose credentials were checked.

    `scopes` is None for a first-party session, which may do all that its user may;
    a third party's token carries the set that the user agreed to.
    """

    id: int
    roles: frozenset[str] = field(default_factory=frozenset)
    epoch: int = 0
    kind: str = "session"
    scopes: frozenset[str] | None = None

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
