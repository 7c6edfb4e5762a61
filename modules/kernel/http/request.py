"""The request that a view gets: DRF's, with who calls and what makes a repeat harmless."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from rest_framework.request import ForcedAuthentication
from rest_framework.request import Request as DrfRequest

from modules.kernel.errors import Unauthorized
from modules.kernel.http import limiting
from modules.kernel.principals import Principal
from sharding.scope import Once

if TYPE_CHECKING:
    from rest_framework.authentication import BaseAuthentication


class Request(DrfRequest):
    """A request whose caller is a principal, or nobody."""

    once: Once | None = None
    # The versions that `If-Match` names, of a conditional write; None is any.
    seen: frozenset[int] | None = None

    def __init__(self, request: HttpRequest, authenticators: Sequence["BaseAuthentication"]) -> None:
        """Wrap Django's request without DRF's parsers and negotiation, which nothing here uses."""
        # These are what DRF's own constructor sets, less two objects that would never be asked.
        self._request = request
        self.parsers = ()
        self.negotiator = None
        self.parser_context = {"request": self, "encoding": "utf-8"}
        self.authenticators: Sequence[Any] = authenticators
        self._user: Principal | None = None
        self._auth: Any = None
        forced = getattr(request, "_force_auth_user", None)
        if forced is not None:
            self.authenticators = [ForcedAuthentication(forced, None)]

    def identify(self) -> None:
        """Ask the authenticators in turn who is calling; bad credentials raise."""
        for authenticator in self.authenticators:
            found: tuple[Any, Any] | None = authenticator.authenticate(self)
            if found is not None:
                self._user, self._auth = found
                # What the access line shows, whoever else wraps the request.
                self._request.viewer_id = found[0].id or None  # type: ignore[attr-defined]
                return

    def charge(self, principal: Principal) -> None:
        """
        Count the request against who sends it, once; for an authenticator that leaves a trace of it.

        :raises LimitReached: if there is nothing left for them
        """
        limiting.charge_principal(self._request, principal)

    @property
    def viewer(self) -> Principal | None:
        """Return who is calling, or None."""
        return self._user

    @property
    def viewer_id(self) -> int | None:
        """Return the id of the user who is calling, or None: an app for itself is no user."""
        return (self._user.id or None) if self._user is not None else None

    @property  # type: ignore[override]
    def user(self) -> Principal:
        """
        Return who is calling.

        :raises Unauthorized: if nobody knows
        """
        if self._user is None:
            raise Unauthorized
        return self._user

    @user.setter  # type: ignore[override]
    def user(self, value: Principal | None) -> None:
        """Set the caller, as DRF's and Django's own code does."""
        self._user = value

    @property  # type: ignore[misc]
    def auth(self) -> Any:
        """Return the credentials that were accepted, as the authenticator describes them."""
        return self._auth
