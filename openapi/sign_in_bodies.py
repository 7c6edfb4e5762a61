"""What allauth's contract says of its bodies and examples, and is not so."""

from typing import Any

from openapi.components import Schema

_LOG_IN = "The password, and either the username or the e-mail address: both at once are refused."
_NEW_ONES = "A new one has 12 to 128 characters and is not easy to guess."
# Theirs would be refused here.
_PASSWORDS = {"Alohomora!": "correct horse battery", "Aberto!": "a long walk home"}


def correct(parts: Schema) -> None:
    """Put right what the components say of bodies, and of examples of them."""
    schemas = parts["schemas"]
    schemas["Login"] |= {"description": _LOG_IN, "example": {"username": "wizard", "password": "Alohomora!"}}
    schemas["Password"]["description"] = f"The password. {_NEW_ONES}"
    # Beside a reference, 3.0 passes over what says that it may be null; of a factor never used it is.
    schemas["OptionalTimestamp"] = {**schemas["Timestamp"], "nullable": True}
    schemas["ErrorResponse"]["required"] = ["status", "errors"]
    _unwrap(schemas)
    for name, body in parts["requestBodies"].items():
        body["required"] = True
        for media in body["content"].values():
            fields = media["schema"].get("properties", {})
            if name == "ChangePassword":
                fields["new_password"]["description"] = f"The new password. {_NEW_ONES}"
            if name == "UpdateWebAuthn":
                media["schema"]["required"] = ["id", "name"]
    _change_passwords(parts)


def _change_passwords(part: Any) -> None:
    """Put passwords that would be taken in the place of those in examples."""
    for at, each in enumerate(part) if isinstance(part, list) else list(part.items()):
        if isinstance(each, dict | list):
            _change_passwords(each)
        elif isinstance(each, str) and each in _PASSWORDS:
            part[at] = _PASSWORDS[each]


def _unwrap(schemas: Schema) -> None:
    """Take examples out of the answer or the body that was copied with them."""
    schemas["WebAuthnCredential"]["example"] = schemas["WebAuthnCredential"]["example"]["credential"]
    for name, field in (
        ("WebAuthnCredentialRequestOptions", "request_options"),
        ("WebAuthnCredentialCreationOptions", "creation_options"),
    ):
        shown = schemas[name]["properties"][field]
        shown["example"] = shown["example"]["data"]["request_options"]
