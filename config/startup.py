"""
The garbage collector at the start of a process.

While modules load nothing becomes garbage, yet the collector looks through all that is there again and again:
a fifth of the CPU of every start. And what was loaded stays for good: a full collection over it took 260 ms
in the middle of some request, and wrote to memory that workers share with their parent.
"""

import gc


def pause_collector() -> None:
    """Collect nothing from here on: code is being loaded."""
    gc.disable()


def resume_collector() -> None:
    """Collect again, but never look at what is there now."""
    gc.freeze()
    gc.enable()
