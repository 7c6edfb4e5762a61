"""The people of the graph's tests, and their clients."""

from tests.graph.conftest import _clean_process, ada, grace, redeliver, vera

__all__ = ["_clean_process", "ada", "grace", "redeliver", "vera"]
