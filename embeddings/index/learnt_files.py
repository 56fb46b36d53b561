"""What was learnt, as files: JSON for a dataclass, and an array file beside it for each large array."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from knowledge.codec import read_as, written

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")

_SMALL: Final = 64
"""Numbers of an array that stand in the JSON itself."""


def write_learnt(place: Path, name: str, learnt: object) -> None:
    """Write a dataclass into a folder under a name. Raises TypeError for a value that cannot be written."""
    numbers = count()

    def beside(array: object) -> dict[str, Any]:
        if not isinstance(array, np.ndarray):
            raise TypeError(f"{name}: {type(array).__name__} cannot be written")
        if array.size <= _SMALL and array.dtype.kind != "S":
            return {"dtype": array.dtype.str, "shape": array.shape, "values": array.ravel().tolist()}
        file = f"{name}-{next(numbers)}.npy"
        np.save(place / file, array, allow_pickle=False)
        return {"array": file}

    (place / f"{name}.json").write_text(json.dumps(written(learnt), default=beside), encoding="utf-8")


def read_learnt(place: Path, name: str, kind: type[T]) -> T:
    """Return what `write_learnt` wrote, with arrays mapped, not copied. Raises OSError, and ValueError."""

    def whole(part: dict[str, Any]) -> Any:  # noqa: ANN401 - an array, or the object as it is
        if part.keys() == {"array"}:
            return np.asarray(np.load(place / part["array"], mmap_mode="r", allow_pickle=False))
        if part.keys() == {"dtype", "shape", "values"}:
            return np.array(part["values"], dtype=part["dtype"]).reshape(part["shape"])
        return part

    return read_as(kind, json.loads((place / f"{name}.json").read_bytes(), object_hook=whole), name)
