from __future__ import annotations

import gc
import platform
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np  # noqa: F401 - brings the library whose threads are counted
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from bot.process.calm import COLLECTING, SWITCH_S, calm_arithmetic, collect_seldom, settle, uncollected

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Put everything back that belongs to the whole process."""
    switch_s, thresholds = sys.getswitchinterval(), gc.get_threshold()
    with threadpool_limits(limits=2, user_api="blas"):
        yield
    sys.setswitchinterval(switch_s)
    gc.set_threshold(*thresholds)
    gc.unfreeze()


def blas_threads() -> set[int]:
    """Give the numbers of threads that the loaded libraries for matrices use."""
    return {int(library["num_threads"]) for library in threadpool_info() if library["user_api"] == "blas"}


def test_products_of_matrices_get_one_thread() -> None:
    """In every library that is loaded, from whatever they had before."""
    assert blas_threads() == {2}
    calm_arithmetic()
    assert blas_threads() == {1}


def test_a_settled_process_collects_only_what_is_new() -> None:
    """What is loaded by then is never looked through again; threads give way sooner."""
    settle()
    assert gc.get_freeze_count() > 10_000
    assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
    assert blas_threads() == {1}


def test_threads_share_one_arena() -> None:
    """What several of them took and gave back is one heap's, where glibc tells."""
    if sys.platform != "linux" or platform.libc_ver()[0] != "glibc":
        pytest.skip("only glibc has arenas")
    code = (
        "import ctypes, threading\n"
        "from bot.process.calm import share_memory\n"
        "share_memory()\n"
        "libc = ctypes.CDLL(None)\n"
        "libc.malloc.restype = ctypes.c_void_p\n"
        "for _ in range(4):\n"
        "    threading.Thread(target=libc.malloc, args=(1000,)).start()\n"
        "libc.malloc_stats()\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stderr.count("Arena ") == 1


def test_collector_rests_while_something_is_loaded() -> None:
    """And works again afterwards, also where loading failed."""
    collect_seldom()
    assert gc.get_threshold() == COLLECTING

    @uncollected()
    def fail() -> None:
        assert not gc.isenabled()
        raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert gc.isenabled()
