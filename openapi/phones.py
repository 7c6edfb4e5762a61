"""What allauth's contract says of phone numbers, taken out: no account here has one."""

from typing import Any

_NAMES = ("phone", "verify_phone")


def without_phones(part: Any) -> Any:
    """Return a part of the contract without the fields, choices, values and words about phone numbers."""
    if isinstance(part, list):
        return [without_phones(each) for each in part if not _is_about_them(each)]
    if not isinstance(part, dict):
        return part
    return {
        name: without_phones(each)
        for name, each in part.items()
        if name not in _NAMES and not _is_words_about_them(name, each)
    }


def _is_about_them(choice: Any) -> bool:
    """Return whether a value names a phone number, or a choice is only for who has one."""
    if isinstance(choice, dict):
        return "phone" in choice.get("required", [])
    return choice in _NAMES


def _is_words_about_them(name: str, said: Any) -> bool:
    """Return whether a member describes something in words that name phone numbers."""
    return name == "description" and isinstance(said, str) and "phone" in said
