"""People whose profiles are made when the news of them is delivered."""

from tests.kit.fixtures import ada, clean_process, grace, redeliver, vera

__all__ = ["ada", "clean_process", "grace", "redeliver", "vera"]
