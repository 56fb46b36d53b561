"""The machine on which figures were measured, as far as they depend on it."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

CPUINFO: Final = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Machine:
    """What runs the program. `load` is how many processes wanted a core in the last minute; None where nobody counts.

    `threads` is how many threads share one forward pass of the model.
    """

    cpu: str
    cores: int
    system: str
    python: str
    torch: str
    threads: int
    load: float | None

    @classmethod
    def here(cls, threads: int, load: float | None) -> Machine:
        """Look at this machine."""
        return cls(
            cpu=cpu_model(CPUINFO),
            cores=os.cpu_count() or 1,
            system=f"{platform.system()} {platform.machine()}",
            python=platform.python_version(),
            torch=metadata.version("torch"),
            threads=threads,
            load=load,
        )

    def __str__(self) -> str:
        """Give it in one line."""
        parts = (self.cpu, f"{self.cores} cores", self.system, f"Python {self.python}")
        return ", ".join((*parts, f"torch {self.torch} with {self.threads} threads"))


def load_now() -> float | None:
    """Give the average of the last minute."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def cpu_model(cpuinfo: Path) -> str:
    """Give the processor's name, as Linux tells it in /proc/cpuinfo; where that is missing, as Python knows it."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()
