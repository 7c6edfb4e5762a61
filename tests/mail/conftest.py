"""Mails are tried as accounts has them sent."""

from tests.accounts.conftest import _clean_process, http

__all__ = ["_clean_process", "http"]
