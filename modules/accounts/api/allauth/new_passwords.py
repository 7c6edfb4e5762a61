"""
Where a new password enters, it is looked at beside the names of its account.

A change is: allauth tells whose it is. A sign-up's it looks at alone, and a reset's not at all where the code
was mailed to nobody.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.headless.account.inputs import ResetPasswordInput, SignupInput
from django.core.exceptions import ValidationError

from modules.accounts.api.request_state import request_state
from modules.accounts.services.passwords import Names


def install() -> None:
    """Put these checks in the place of allauth's."""
    SignupInput.clean_password = _take
    SignupInput.clean = check_sign_up
    ResetPasswordInput.clean = check_reset


def check_sign_up(form: SignupInput) -> Any:
    """Look at the password of a sign-up when its names are known as well."""
    cleaned = super(SignupInput, form).clean()
    _check(form, Names(username=form.cleaned_data.get("username"), email=form.cleaned_data.get("email")))
    return cleaned


def check_reset(form: ResetPasswordInput) -> Any:
    """
    Look at the new password whether or not anybody's is to be replaced.

    Who does not bring the code hears nothing that depends on an account: a refusal of its username as the
    password would tell that it is the one behind an address.
    """
    cleaned = super(ResetPasswordInput, form).clean()
    by = request_state().reset_by
    user = None if "key" in form.errors else form.user
    _check(form, user or Names(email=by.address if by else None))
    return cleaned


def _take(form: SignupInput) -> Any:
    """Return the password, which is looked at after all fields."""
    return form.cleaned_data["password"]


def _check(form: Any, user: Any) -> None:
    password = form.cleaned_data.get("password")
    if password is None:
        return
    try:
        get_adapter().clean_password(password, user=user)
    except ValidationError as error:
        form.add_error("password", error)
