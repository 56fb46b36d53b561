from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray  # noqa: TC002 - the codec reads the annotations

from embeddings.index.learnt_files import read_learnt, write_learnt

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Learnt:
    name: str
    numbers: NDArray[np.float32]


@pytest.mark.parametrize("shape", [(3,), (2, 4), (0, 5), (5, 0), (64,), (65,), (20, 30)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.bool_])
def test_an_array_comes_back_as_it_was(tmp_path: Path, shape: tuple[int, ...], dtype: type) -> None:
    numbers: NDArray[Any] = np.random.default_rng(0).normal(size=shape).astype(dtype)
    write_learnt(tmp_path, "learnt", Learnt("a", numbers))
    found = read_learnt(tmp_path, "learnt", Learnt)
    assert (found.name, found.numbers.shape, str(found.numbers.dtype)) == ("a", shape, dtype.__name__.strip("_"))
    assert np.array_equal(found.numbers, numbers)


def test_large_arrays_lie_beside_and_are_mapped(tmp_path: Path) -> None:
    write_learnt(tmp_path, "small", Learnt("a", np.zeros(64, np.float32)))
    write_learnt(tmp_path, "large", Learnt("b", np.zeros(65, np.float32)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["large-0.npy", "large.json", "small.json"]
    assert not read_learnt(tmp_path, "large", Learnt).numbers.flags.writeable


def test_what_no_field_may_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="learnt: object cannot be written"):
        write_learnt(tmp_path, "learnt", Learnt("a", object()))  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_number_is_no_array(tmp_path: Path) -> None:
    (tmp_path / "learnt.json").write_text('{"name": "a", "numbers": 5}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"learnt\.numbers: a ndarray is wanted, not 5"):
        read_learnt(tmp_path, "learnt", Learnt)
