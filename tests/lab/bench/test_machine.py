"""What is said of the machine."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from typing import TYPE_CHECKING

from bot.lab.bench.machine import Machine, cpu_model

if TYPE_CHECKING:
    from pathlib import Path


def test_processor_is_named_as_linux_names_it(tmp_path: Path) -> None:
    """The first of several cores."""
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: Fast CPU @ 3: GHz\n\nprocessor\t: 1\nmodel name\t: Other\n")
    assert cpu_model(cpuinfo) == "Fast CPU @ 3: GHz"


def test_processor_has_a_name_without_that_file(tmp_path: Path) -> None:
    """Whatever Python knows."""
    assert cpu_model(tmp_path / "nothing") == (platform.processor() or platform.machine())


def test_machine_is_one_line() -> None:
    """With everything that times depend on."""
    machine = Machine("Fast CPU", 4, "Linux x86_64", "3.11.9", "2.13.0", 2, 0.5)
    assert str(machine) == "Fast CPU, 4 cores, Linux x86_64, Python 3.11.9, torch 2.13.0 with 2 threads"


def test_this_machine_is_looked_at() -> None:
    """Its own versions and cores."""
    machine = Machine.here(threads=3, load=None)
    assert (machine.cores, machine.threads, machine.load) == (os.cpu_count(), 3, None)
    assert machine.python == platform.python_version()
    assert machine.torch == metadata.version("torch")
