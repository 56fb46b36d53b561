"""Which tests `make quick` runs for which changes."""

from __future__ import annotations

from tests.quick import ALWAYS, ROOT, chosen_for


def test_tests_lie_where_the_changed_module_does() -> None:
    assert chosen_for([]) == sorted(ALWAYS)
    assert "tests/embeddings/learnt/test_ranker.py" in chosen_for(["embeddings/learnt/ranker.py"])
    assert "tests/embeddings/learnt/test_gate.py" not in chosen_for(["embeddings/learnt/ranker.py"])
    assert "tests/debate/rules/test_decide.py" in chosen_for(["bot/debate/rules/decide.py"])
    assert "tests/test_docs.py" in chosen_for(["docs/speed.md"])
    assert "tests/test_quick.py" in chosen_for(["tests/quick.py"])


def test_module_without_tests_of_its_own_is_tested_by_those_beside_it() -> None:
    beside = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests/embeddings/learnt").glob("test_*.py")}
    assert not any("untaught" in name for name in beside)
    assert set(chosen_for(["embeddings/learnt/untaught.py"])) == beside | set(ALWAYS)
