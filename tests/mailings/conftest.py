"""What tests of mailings share."""

from tests.kit.fixtures import clean_process, http

__all__ = ["clean_process", "http"]
