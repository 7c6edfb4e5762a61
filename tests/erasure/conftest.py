"""What every test of erasure starts from."""

from tests.kit.fixtures import clean_process

__all__ = ["clean_process"]
