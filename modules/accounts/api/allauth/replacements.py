"""
The file that replaces parts of allauth, where it is wrong, or miscounts, and offers no adapter (what other
providers answer: `other_providers.py`).

Each replacement says what was wrong. `install` runs once, before allauth's views are looked up; a test holds
each against the installed version.
"""

import secrets
from collections.abc import Callable
from functools import cache, lru_cache, wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import AddEmailForm
from allauth.account.models import Login
from allauth.headless.account.inputs import (
    ChangePasswordInput,
    RequestPasswordResetInput,
    ResetPasswordKeyInput,
    SignupInput,
    VerifyEmailInput,
)
from allauth.headless.account.views import (
    ChangePasswordView,
    ManageEmailView,
    ResetPasswordView,
    VerifyEmailView,
)
from allauth.headless.socialaccount.inputs import SignupInput as ProviderSignupInput
from allauth.headless.socialaccount.views import ManageProvidersView
from allauth.headless.tokens.views import RefreshTokenView
from allauth.mfa.base import forms as code_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as passkey_forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

from modules.accounts.api.allauth import begun, ceremonies, new_passwords, resets, totp_steps, verification
from modules.accounts.api.allauth.alone import alone
from modules.accounts.api.allauth.guards import must_verify
from modules.accounts.api.allauth.internals import (
    APIResponse,
    EmailVerificationProcess,
    PasswordResetVerificationProcess,
    RESTView,
    connect,
    email_verification,
    jwkkit,
    manage_email,
    raise_if_reauthentication_required,
    recovery_codes,
    totp,
)
from modules.accounts.api.request_state import request_state
from modules.accounts.selectors.addresses import is_verified
from modules.accounts.services.address_room import adding_address
from modules.accounts.services.guesses import Refund, charge_guess_of_code, charge_guess_of_person
from modules.accounts.services.revocations import revoke_in_cache
from modules.accounts.services.second_factors import note_viewed
from modules.accounts.services.sessions import end_sessions_by_provider
from sharding.scope import writing_directory

Handle = Callable[..., HttpResponse]


@cache
def install() -> None:
    """Put our parts in the place of allauth's, once."""
    # Its count of wrong second factors stands in the cache: without Redis it counts nothing, or refuses all.
    for forms in (code_forms, totp_forms, passkey_forms):
        forms.check_rate_limit = _charge_second_factor
    # It counts wrong codes in the session, which parallel requests read before any of them has written.
    VerifyEmailInput.clean_key = _counted(VerifyEmailInput.clean_key, _charge_mailed_code)
    ResetPasswordKeyInput.clean_key = _counted(ResetPasswordKeyInput.clean_key, _charge_mailed_code)
    # It keeps a code for which no mail was left, and lets it be guessed at in any number of new sessions.
    for process in (EmailVerificationProcess, PasswordResetVerificationProcess):
        process.send = _withholding(process.send)
        # It lets what was begun outlive all that ends sessions, for half an hour.
        process.is_valid = begun.of_living(process.is_valid)
    PasswordResetVerificationProcess.is_valid = begun.of_target(PasswordResetVerificationProcess.is_valid)
    Login.serialize = begun.with_epoch(Login.serialize)
    Login.deserialize = classmethod(begun.of_epoch(Login.deserialize))
    # It counts the addresses of an account before it adds one, and not while.
    AddEmailForm.save = _alone(AddEmailForm.save)
    # It does not count this at all: who holds a stolen session could guess the password.
    ChangePasswordInput.clean_current_password = _counted(
        ChangePasswordInput.clean_current_password, _charge_current_password
    )
    # It takes a code of its own step alone, or else of the coming one too, and remembers it in the cache.
    totp.validate_totp_code = totp_steps.prove
    totp.TOTP.validate_code = totp_steps.validate
    totp.TOTP.activate = classmethod(totp_steps.activate)
    # It takes any answer to any challenge of a session for a log-in by any passkey.
    ceremonies.install()
    # It reads the private key anew, in tens of ms, for each token and whoever asks for the public one.
    jwkkit.load_jwk_from_pem = lru_cache(maxsize=4)(jwkkit.load_jwk_from_pem)
    # It answers a taken address by another way than a free one, on which the username stays free.
    for form in (SignupInput, ProviderSignupInput):
        form.validate_unique_email = _take_address
    # It mails a code also for who only says that an address is theirs.
    RequestPasswordResetInput.clean_email = resets.find_owner
    # It verifies the address of whose code is looked at; and where nobody is known by the address it forgets
    # that codes are asked for, and answers 500.
    ResetPasswordView.get = resets.try_code
    # It does not look there at the new password, nor at a sign-up's beside the names that came with it.
    new_passwords.install()
    # It leaves an account also to who has prepared it for the owner of the address.
    ResetPasswordView.get_input_kwargs = resets.by_address(ResetPasswordView.get_input_kwargs)
    # It leaves a verified address also to others who said that it is theirs, and lets a code verify it twice.
    email_verification.verify_email = verification.once(email_verification.verify_email)
    # It writes down that the codes were seen over one that was used meanwhile, which works again then.
    recovery_codes.RecoveryCodes.mark_as_viewed = lambda codes: note_viewed(codes.instance)
    # It lets a link do so for whoever had it mailed, though its reader may mean another account.
    VerifyEmailView.post = verification.of_own(VerifyEmailView.post)
    # It prefers an unproven address, which then stands for the one that an account signed up with.
    manage_email.can_mark_as_primary = lambda address: address.verified
    # It parses anew what was parsed here by stricter rules, and lacks what says nothing.
    RESTView._parse_json = _take_body(RESTView._parse_json)
    # It does not say what is wrong; here no token is of a kind that is refreshed.
    RefreshTokenView.post = _refuse_refresh
    # It asks a password-less account for nothing.
    ChangePasswordView.post = _change_password(ChangePasswordView.post)
    # It leaves those logged in who came by a provider that is disconnected.
    connect.disconnect = _disconnect(connect.disconnect)
    # It tells nobody of a new address, and a removed one nothing.
    ManageEmailView.post = _add_address(ManageEmailView.post)
    ManageEmailView.delete = _remove_address(ManageEmailView.delete)
    # It looks which addresses and ways in are left, and takes one away later, as a parallel request does.
    for view in (ManageEmailView, ManageProvidersView):
        view.handle = alone(view.handle)


def _take_body(parse: Callable[[Any, HttpRequest], Any]) -> Callable[[Any, HttpRequest], Any]:
    """Return a view's reading of its body, which takes what the middleware has checked."""

    @wraps(parse)
    def take_or_parse(view: Any, request: HttpRequest) -> Any:
        body = request_state().body
        return parse(view, request) if body is None else body

    return take_or_parse


def _disconnect(disconnect: Callable[..., None]) -> Callable[..., None]:
    """Return the disconnecting of a provider; all sessions that it opened end, but for the one that asks."""

    @wraps(disconnect)
    def disconnect_and_end(request: HttpRequest, account: Any) -> None:
        with writing_directory():
            ended = end_sessions_by_provider(
                account.user_id,
                provider=account.provider,
                uid=account.uid,
                but=request.session.session_key or "",
            )
            disconnect(request, account)
        revoke_in_cache(*ended)

    return disconnect_and_end


def _counted(clean: Callable[[Any], Any], charge: Callable[[Any], Refund]) -> Callable[[Any], Any]:
    """Return a form's check of a secret that is charged before it is made, and given back if it was right."""

    @wraps(clean)
    def counted(form: Any) -> Any:
        refund = charge(form)
        cleaned = clean(form)
        refund()
        return cleaned

    return counted


def _charge_second_factor(user: AbstractBaseUser, error_key: str | None = None) -> Refund:
    """Count a try at a second factor by its person; allauth calls this before it tries anything."""
    return charge_guess_of_person(user.pk)


def _charge_current_password(form: Any) -> Refund:
    return charge_guess_of_person(form.user.pk)


def _charge_mailed_code(form: Any) -> Refund:
    """Count a try at the code that the form's process has mailed; by a link there is none to guess."""
    process = getattr(form, "process", None)
    return charge_guess_of_code((process.code if process else getattr(form, "code", None)) or "")


def _alone(save: Callable[..., Any]) -> Callable[..., Any]:
    """Return a form's saving of a new address, while nobody else adds one to the same account."""

    @wraps(save)
    def save_alone(form: Any, *args: Any) -> Any:
        with adding_address(form.user.pk):
            return save(form, *args)

    return save_alone


def _withholding(send: Callable[..., None]) -> Callable[..., None]:
    """
    Return a process's sending, after which a code that was not mailed is one that nobody can guess.

    So is that of an address which nobody has: tries at it are counted like those at any other.
    """

    @wraps(send)
    def withhold(process: Any, *args: Any, **options: Any) -> None:
        request_state().is_code_sent = True
        send(process, *args, **options)
        if not request_state().is_code_sent or not process.code:
            process.state["code"] = secrets.token_urlsafe(32)
        begun.note_epoch(process)

    return withhold


def _take_address(form: SignupInput, email: str) -> str:
    """
    Let anybody sign up with an address that nobody has verified; and where it has to be, with any.

    There the same is done for both, down to the row of the account; but the mail of who has it says so, and
    the code is sent to nobody.
    """
    if not must_verify() and is_verified(email):
        raise get_adapter().validation_error("email_taken")
    return email


def _refuse_refresh(view: RefreshTokenView, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Say that a session token is none to be refreshed."""
    message = "Session tokens are not refreshed: they live on while they are used."
    error = {"message": message, "code": "invalid", "param": "refresh_token"}
    refused: HttpResponse = APIResponse(request, errors=[error], status=400)
    return refused


def _change_password(post: Handle) -> Handle:
    def change(view: ChangePasswordView, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask who has no password to send for what they have instead."""
        if not request.user.has_usable_password():  # type: ignore[union-attr]  # the view has seen to that
            raise_if_reauthentication_required(request, app="allauth.account")
        return post(view, request, *args, **kwargs)

    return change


def _add_address(post: Handle) -> Handle:
    def add(view: ManageEmailView, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Tell the addresses that are there of the new one."""
        response = post(view, request, *args, **kwargs)
        if not view.verification_stage_process:
            context = {"added_email": view.input.cleaned_data["email"]}
            get_adapter().send_notification_mail("account/email/email_added", request.user, context)
        return response

    return add


def _remove_address(delete: Handle) -> Handle:
    def remove(view: ManageEmailView, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Tell the removed address as well, if it was proven; whoever removed it may be a thief."""
        address = view.input.cleaned_data["email"]
        was_proven = bool(address.pk) and address.verified
        response = delete(view, request, *args, **kwargs)
        if was_proven:
            context = {"deleted_email": address.email}
            get_adapter().tell([address.email], "account/email/email_deleted", context)
        return response

    return remove
