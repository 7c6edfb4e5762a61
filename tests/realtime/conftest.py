"""What tests of realtime share."""

from tests.kit.fixtures import ada, clean_process, grace, vera

__all__ = ["ada", "clean_process", "grace", "vera"]
