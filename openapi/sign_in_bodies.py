"""What allauth's contract says of its bodies and examples, and is not so."""

from openapi.components import Schema

_LOG_IN = "The password, and either the username or the e-mail address: both at once are refused."


def correct(parts: Schema) -> None:
    """Put right what the components say of bodies, and of examples of them."""
    schemas = parts["schemas"]
    schemas["Login"] |= {"description": _LOG_IN, "example": {"username": "wizard", "password": "Alohomora!"}}
    # Beside a reference, 3.0 passes over what says that it may be null; of a factor never used it is.
    schemas["OptionalTimestamp"] = {**schemas["Timestamp"], "nullable": True}
    schemas["ErrorResponse"]["required"] = ["status", "errors"]
    _unwrap(schemas)
    for name, body in parts["requestBodies"].items():
        body["required"] = True
        for media in body["content"].values():
            fields = media["schema"].get("properties", {})
            if name == "ChangePassword":
                fields["new_password"]["description"] = "The new password."
            if name == "UpdateWebAuthn":
                media["schema"]["required"] = ["id", "name"]


def _unwrap(schemas: Schema) -> None:
    """Take examples out of the answer or the body that was copied with them."""
    schemas["WebAuthnCredential"]["example"] = schemas["WebAuthnCredential"]["example"]["credential"]
    for name, field in (
        ("WebAuthnCredentialRequestOptions", "request_options"),
        ("WebAuthnCredentialCreationOptions", "creation_options"),
    ):
        shown = schemas[name]["properties"][field]
        shown["example"] = shown["example"]["data"]["request_options"]
