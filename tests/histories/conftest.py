"""A process that remembers nothing of earlier tests."""

from tests.kit.fixtures import clean_process

__all__ = ["clean_process"]
