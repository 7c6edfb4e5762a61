"""Where allauth asks us: what a valid name is, how an account is stored, what a user looks like in JSON."""

from dataclasses import dataclass, field, replace
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.adapter import DefaultHeadlessAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse

from modules.accounts.api.allauth.devices import place_of, remember_device
from modules.accounts.api.allauth.guards import Guards, must_verify
from modules.accounts.api.allauth.internals import APIResponse
from modules.accounts.api.allauth.mails import ASKED_FOR, write_mail
from modules.accounts.api.allauth.session_store import PLACE
from modules.accounts.api.allauth.sign_up import take_once
from modules.accounts.api.pages.fresh_log_in import note_log_in
from modules.accounts.api.request_state import request_state
from modules.accounts.errors import AddressInvalid, UsernameTaken
from modules.accounts.selectors.identities import is_username_taken
from modules.accounts.selectors.places import find_known
from modules.accounts.selectors.reserved import is_reserved
from modules.accounts.selectors.sessions import OPENED_AT
from modules.accounts.services.account_status import cancel_deletion, may_log_in
from modules.accounts.services.accounts import change_password, open_account, register
from modules.accounts.services.addresses import to_address, to_login
from modules.accounts.services.guesses import charge_guess_of_person
from modules.accounts.services.sessions import make_room_for_session
from modules.accounts.services.sign_in_limits import charge_log_in
from modules.accounts.services.welcome import welcome
from modules.kernel import clock
from modules.kernel.http.address import client_address
from modules.mail.public import queue_asked_mail, queue_mail


class AccountAdapter(Guards):
    """Makes allauth's accounts ours: names claimed once, a shard, an announcement, epochs."""

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Return the username in lower case, unless it is reserved, malformed or taken."""
        username = str(super().clean_username(to_login(username), shallow=True))
        if is_reserved(username):
            raise self.validation_error("username_blacklisted")
        if not shallow and is_username_taken(username):
            raise self.validation_error("username_taken")
        return username

    def clean_email(self, email: str) -> str:
        """Return an address in its one form, also one that another provider tells."""
        try:
            return to_address(email)
        except AddressInvalid as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from None

    def save_user(
        self, request: HttpRequest, user: AbstractBaseUser, form: BaseForm, commit: bool = True
    ) -> AbstractBaseUser:
        """Store a new account; who loses a race for a name hears the same as who came late."""
        user = super().save_user(request, user, form, commit=False)
        try:
            register(user, now=clock.now(), once=take_once(), is_pending=must_verify())
        except UsernameTaken as refusal:
            raise _taken(request, refusal) from refusal
        return user

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """
        Replace the password, which ends every session; allauth reopens the one that asked.

        All places where the owner has got in are forgotten with it, but for the one where this was asked.
        """
        change_password(user, password, code=request_state().reset_by)
        remember_device(self.request, user)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """
        Return whose password this is.

        :raises LimitReached: if too many were tried under the name, or from there
        """
        names = {name: to_login(credentials[name]) for name in ("email", "username") if name in credentials}
        refund = charge_log_in(next(iter(names.values()), ""), place_of(request))
        user: AbstractBaseUser | None = super().authenticate(request, **credentials | names)
        if user is not None:
            refund()
        return user

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """Return whether this is the password of who is logged in; counted with their second factors."""
        refund = charge_guess_of_person(user.pk)
        if not user.check_password(password):
            return False
        refund()
        return True

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **hook: Any) -> HttpResponse | None:
        """Let in whose account is open, or closed by nothing but a wish that this log-in takes back."""
        if may_log_in(user, now=clock.now()):
            return None
        answer: HttpResponse | None = super().pre_login(request, user, **hook)
        return answer

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Take back the wish to be gone, or finish the sign-up, now that all was shown; open the session."""
        if user.delete_after is not None:  # type: ignore[attr-defined]
            cancel_deletion(user.pk)
            user.refresh_from_db()
        if user.is_pending:  # type: ignore[attr-defined]
            open_account(user.pk)
            # Here too, for an address that another provider vouches for is verified by no code.
            welcome(user.pk, now=clock.now())
            user.is_pending = False  # type: ignore[attr-defined]
        make_room_for_session(user.pk)
        super().login(request, user)
        agent = request.META.get("HTTP_USER_AGENT", "").replace("\x00", "")
        remember_device(request, user)
        request.session[PLACE] = [client_address(request), agent[:200]]
        # allauth records no sign-up among the ways of showing who one is.
        request.session[OPENED_AT] = clock.now().timestamp()

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **hook: Any) -> HttpResponse:
        """Note what this log-in was made for, then go on."""
        note_log_in(request, hook["redirect_url"])
        answer: HttpResponse = super().post_login(request, user, **hook)
        return answer

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that limits count, so that nothing else is kept."""
        return client_address(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """
        Leave a mail to a worker: no request waits for a server, nor tells by its time whom it wrote to.

        One too many is left out, and nothing tells who asked for it.
        """
        mail = write_mail(template_prefix, email, context)
        # A notice to an address that nobody has proven may go to a stranger.
        if template_prefix in ASKED_FOR or not context.get("is_proven"):
            place = place_of(self.request)
            request_state().is_code_sent = queue_asked_mail(
                mail,
                is_of_receiver=lambda: find_known(email.lower(), place) is not None,
                now=clock.now(),
                is_notice=template_prefix not in ASKED_FOR,
            )
        else:
            queue_mail(mail, now=clock.now())


def _taken(request: HttpRequest, refusal: UsernameTaken) -> ImmediateHttpResponse:
    """Return allauth's own answer for a taken name."""
    error = {"message": refusal.title, "code": refusal.code, "param": "username"}
    return ImmediateHttpResponse(APIResponse(request, errors=[error], status=400))


@dataclass
class UserPayload:
    """What allauth shows of a user; the id is a string, for JavaScript cannot hold 63 bits."""

    id: str | None = field(metadata={"description": "The user ID.", "example": "284736281736281"})
    display: str = field(metadata={"description": "The name to show.", "example": "ada"})
    email: str | None = field(metadata={"description": "The email address.", "example": "ada@example.org"})
    has_usable_password: bool = field(metadata={"description": "Whether a password is set.", "example": True})
    username: str = field(metadata={"description": "The username.", "example": "ada"})


class HeadlessAdapter(DefaultHeadlessAdapter):  # type: ignore[misc]
    """Makes allauth's JSON, and its OpenAPI, show ids as strings."""

    def get_user_dataclass(self) -> type[UserPayload]:
        """Return the shape of a user."""
        return UserPayload

    def user_as_dataclass(self, user: AbstractBaseUser) -> UserPayload:
        """Return a user in that shape."""
        payload: UserPayload = super().user_as_dataclass(user)
        return replace(payload, id=None if payload.id is None else str(payload.id))
