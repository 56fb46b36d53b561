"""Settling a process down once everything is loaded: threads that would get in each other's way, and stalls."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SWITCH_S: Final = 0.0005
"""How long a thread may keep the interpreter from the others: a tenth of Python's own figure.

The event loop has to wait as long before it gets a word in, and so has the model before it hands over its vectors.
"""


COLLECTING: Final = 10_000, 20, 20
"""How much is made before the garbage collector looks through it. A start makes 200,000 objects that stay, and by
Python's own figures, made for small programs, looking through them takes a sixth of its time, 30 ms of it at once."""


def collect_seldom() -> None:
    """Let the garbage collector do less; the first thing that a program does."""
    gc.set_threshold(*COLLECTING)


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the garbage collector rest: what is loaded stays, and looking through it holds up every thread."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def calm_arithmetic() -> None:
    """Give the products of matrices one thread. Not before the index is open, for training is quicker with all of them.

    A question's products take a fifth of a millisecond. A second thread halves that at best; where another program has
    the core that it needs, the first waits for it, spinning, up to a hundred times as long.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - what answers nothing must not wait for it

    threadpool_limits(limits=1, user_api="blas")


def settle() -> None:
    """Prepare a process that goes on answering for long: calm arithmetic, short stalls.

    What is loaded by now stays until the end, so the garbage collector need not look through it ever again: that took
    it a quarter of a second with a model of torch's. Nor once more now, as is usual before freezing: it found 40 things
    to let go of in the 57 ms for which it kept the event loop waiting.
    """
    calm_arithmetic()
    sys.setswitchinterval(SWITCH_S)
    gc.freeze()
