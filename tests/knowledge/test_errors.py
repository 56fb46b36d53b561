from __future__ import annotations

from knowledge.errors import PackError, Problem


def test_a_problem_reads_as_file_line_and_message() -> None:
    assert str(Problem("pack.toml", 7, "it is blue")) == "pack.toml:7: it is blue"
    assert str(Problem("pack.toml", 0, "it is missing")) == "pack.toml: it is missing"


def test_one_problem_has_no_more() -> None:
    error = PackError("pets", [Problem("pack.toml", 0, "it is missing")])
    assert str(error) == "the pack pets cannot be used: pack.toml: it is missing; see `dilemma pack check`"
