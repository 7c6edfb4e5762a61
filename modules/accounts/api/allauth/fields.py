"""
The fields of allauth's forms, so that each kind of value takes its one form where it enters.

allauth's own differ from form to form: some cut blanks off a password and some do not, some take any Unicode
for an address, and all of them take a number or a list for a text.
"""

from typing import Annotated, Any

from allauth.account.forms import LoginForm
from allauth.headless.account import inputs as account_inputs
from allauth.headless.mfa import inputs as mfa_inputs
from allauth.headless.socialaccount import inputs as social_inputs
from django import forms
from django.core.exceptions import ValidationError
from pydantic import TypeAdapter
from pydantic import ValidationError as ShapeInvalid

from modules.accounts.services.addresses import to_address
from modules.accounts.services.passwords import to_password
from modules.kernel.errors import Refusal
from modules.kernel.text import PlainText

_NAME_OF_KEY = TypeAdapter(Annotated[str, PlainText(1, 100, lines=False)])


class TextField(forms.CharField):
    """A text, and nothing that could be made one: neither a number nor a list."""

    def to_python(self, value: Any) -> str:
        """Return the text."""
        if value is not None and not isinstance(value, str):
            raise ValidationError("Send a string.", code="not_a_string")
        return super().to_python(value) or ""


class AddressField(TextField):
    """An e-mail address in its one form."""

    def clean(self, value: Any) -> str:
        """Return the address as it is stored, looked for and mailed to."""
        text = super().clean(value)
        return _checked(to_address, text) if text else text


class PasswordField(TextField):
    """A password as it was typed."""

    def __init__(self, **options: Any) -> None:
        """Keep the blanks around it."""
        super().__init__(strip=False, **options)

    def clean(self, value: Any) -> str:
        """Return the password in the form that is hashed."""
        return _checked(to_password, super().clean(value))


class LabelField(TextField):
    """What a user calls a passkey: one line that can be seen."""

    def clean(self, value: Any) -> str:
        """Return the label as it is kept."""
        text = super().clean(value)
        try:
            return _NAME_OF_KEY.validate_python(text) if text else text
        except ShapeInvalid as error:
            raise ValidationError(error.errors()[0]["msg"], code=error.errors()[0]["type"]) from None


# Where the forms behind the paths are; the log-in's is behind a page of ours.
OFFERED = (account_inputs, mfa_inputs, social_inputs)
FIELDS: dict[str, type[TextField]] = {
    "username": TextField,
    "email": AddressField,
    "password": PasswordField,
    "current_password": PasswordField,
    "new_password": PasswordField,
    "name": LabelField,
}


def hold_forms_to_fields() -> None:
    """Give every form of allauth that anybody can reach the fields of above, by their names."""
    offered = [kind for module in OFFERED for kind in vars(module).values() if isinstance(kind, type)]
    for form in (LoginForm, *(kind for kind in offered if issubclass(kind, forms.BaseForm))):
        for name in FIELDS.keys() & form.base_fields.keys():
            given = form.base_fields[name]
            kept = {"required": given.required, "min_length": getattr(given, "min_length", None)}
            form.base_fields[name] = FIELDS[name](**kept)


def _checked(form_of: Any, text: str) -> str:
    try:
        return str(form_of(text))
    except Refusal as refusal:
        raise ValidationError(str(refusal), code=refusal.code) from None
