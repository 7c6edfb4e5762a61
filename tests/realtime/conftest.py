"""What tests of realtime share."""

from tests.kit.fixtures import ada, clean_process, grace, vera
from tests.realtime.places import place, realtime

__all__ = ["ada", "clean_process", "grace", "place", "realtime", "vera"]
