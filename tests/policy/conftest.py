"""A process that remembers nothing of earlier tests."""

from tests.graph.conftest import _clean_process

__all__ = ["_clean_process"]
