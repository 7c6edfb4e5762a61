"""What every test of posts starts from."""

from tests.kit.fixtures import clean_process, redeliver

__all__ = ["clean_process", "redeliver"]
