"""An event loop whose time leaps to whatever is due next: seconds of waiting take none."""

from __future__ import annotations

import asyncio
import functools
import selectors
from typing import TYPE_CHECKING, ParamSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class _Leaping(selectors.DefaultSelector):
    """Waits for nothing, and adds up the seconds that it was to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waited_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Give what is ready now."""
        self.waited_s += timeout or 0.0
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    """Tells the seconds that were to be waited."""

    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        """Return them, from 0."""
        return self._leaping.waited_s


P = ParamSpec("P")


def leaping(test: Callable[P, Coroutine[object, object, None]]) -> Callable[P, None]:
    """Run a test that waits for time alone, never for a thread or a socket, on such a loop."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with asyncio.Runner(loop_factory=_Loop) as runner:
            runner.run(test(*args, **kwargs))

    return run
