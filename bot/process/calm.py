"""Fewer stalls: the garbage collector, thread switches and the threads of matrix products."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SWITCH_S: Final = 0.0005
"""How long a thread keeps the interpreter while the event loop and the model wait: a tenth of Python's own figure."""

COLLECTING: Final = 10_000, 20, 20
"""Thresholds of the garbage collector. A start makes 200,000 objects that stay; with Python's own, collecting takes a
sixth of its time, 30 ms of it at once."""


_ARENAS: Final = -8
"""What glibc's `mallopt` calls the most arenas that there may be."""


def share_memory() -> None:
    """Let all threads allocate from one arena, where glibc has one for each; call it first.

    What one thread gave back, another would not take: 7 MB after 200 questions. The interpreter's lock lets few of them
    allocate at once anyhow.
    """
    import ctypes  # noqa: PLC0415 - numpy needs it anyway

    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_ARENAS, 1)


def collect_seldom() -> None:
    """Make the garbage collector run less often; call it first."""
    gc.set_threshold(*COLLECTING)


@contextmanager
def uncollected() -> Iterator[None]:
    """Turn the garbage collector off: what is loaded stays, and collecting holds up every thread."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def calm_arithmetic() -> None:
    """Limit matrix products to one thread, once the index is open (training is quicker with all).

    A question's products take 0.2 ms. A second thread halves that at best, and where another program has its core, the
    first one spins up to a hundred times as long.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - what answers nothing must not wait for it

    threadpool_limits(limits=1, user_api="blas")


def settle() -> None:
    """Prepare a process that answers for long: calm arithmetic, short stalls.

    What is loaded by now stays, so it is frozen: collecting took 0.25 s with a model of torch's. It is not collected
    first, as is usual: that found 40 objects in 57 ms.
    """
    calm_arithmetic()
    sys.setswitchinterval(SWITCH_S)
    gc.freeze()
