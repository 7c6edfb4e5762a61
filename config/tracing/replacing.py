"""
Putting a function that spans another in its place, where the other is looked for when it is called.

So what is traced knows nothing of traces, and pays nothing where nobody asks for them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any


def replace(owner: Any, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """
    Put what `make` makes of a function or method in its place.

    :raises AttributeError: if there is none of that name (any more)
    """
    plain = getattr(owner, name)
    setattr(owner, name, wraps(plain)(make(plain)))
