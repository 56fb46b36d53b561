"""What the statements taught, as one file of arrays in an index's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from embeddings.learnt.calibration import Curve
from embeddings.learnt.ranker import Ranker
from embeddings.learnt.stance import ClaimRanker, Rebutter, StanceCurve, StanceModel
from embeddings.learnt.wordforms import WordForms

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE: Final = "stance.npz"

_SHARED: Final = ("examples", "by_meaning", "by_letters", "by_words", "base")
_CLAIMS: Final = ("dual", "topics", "signs", "tones")
_CURVE: Final = ("mean", "scale", "weights", "bias", "threshold")


def write_stance(place: Path, model: StanceModel) -> None:
    """Write the model into a folder."""
    arrays: dict[str, Any] = {"sides": np.array(model.sides), "voices": np.array(list(model.rebutters), dtype=np.str_)}
    arrays |= _claims_arrays("stance", model.stances) | _curve_arrays("stance", model.curve)
    for voice, rebutter in model.rebutters.items():
        arrays[f"voice {voice}/passages"] = np.array(rebutter.passages)
        arrays[f"voice {voice}/places"] = rebutter.places
        arrays |= _claims_arrays(f"voice {voice}", rebutter.claims) | _curve_arrays(f"voice {voice}", rebutter.curve)
    np.savez(place / FILE, **arrays)


def has_stance(place: Path) -> bool:
    """Tell whether a model lies in a folder."""
    return (place / FILE).exists()


def read_stance(place: Path) -> StanceModel:
    """Read the model back from a folder."""
    with np.load(place / FILE, allow_pickle=False) as arrays:
        shape = _curve_values(arrays, "stance")
        return StanceModel(
            sides=tuple(arrays["sides"].tolist()),
            stances=_claims(arrays, "stance"),
            curve=StanceCurve(
                shape["mean"], shape["scale"], shape["weights"], shape["bias"], float(shape["threshold"])
            ),
            rebutters={voice: _rebutter(arrays, f"voice {voice}") for voice in arrays["voices"].tolist()},
        )


def _rebutter(arrays: Mapping[str, Any], name: str) -> Rebutter:
    shape = _curve_values(arrays, name)
    curve = Curve(**shape | {"bias": float(shape["bias"]), "threshold": float(shape["threshold"])})
    passages, places = tuple(arrays[f"{name}/passages"].tolist()), arrays[f"{name}/places"]
    return Rebutter(passages, places, _claims(arrays, name), curve)


def _claims_arrays(name: str, claims: ClaimRanker) -> dict[str, Any]:
    ranker = claims.ranker
    return {
        **{f"{name}/{part}": getattr(ranker, part) for part in _SHARED},
        **{
            f"{name}/{forms.unit} {part}": value
            for forms in (ranker.letters, ranker.words)
            for part, value in (("forms", np.array(list(forms.columns), dtype=np.str_)), ("idf", forms.idf))
        },
        **{f"{name}/{part}": getattr(claims, part) for part in _CLAIMS},
    }


def _claims(arrays: Mapping[str, Any], name: str) -> ClaimRanker:
    letters, words = (
        WordForms(
            unit,
            {form: column for column, form in enumerate(arrays[f"{name}/{unit} forms"].tolist())},
            arrays[f"{name}/{unit} idf"],
        )
        for unit in ("letters", "words")
    )
    shared = {part: arrays[f"{name}/{part}"] for part in _SHARED}
    ranker = Ranker(letters=letters, words=words, **shared)
    return ClaimRanker(ranker, **{part: arrays[f"{name}/{part}"] for part in _CLAIMS})


def _curve_arrays(name: str, curve: Curve | StanceCurve) -> dict[str, Any]:
    return {f"{name}/curve {part}": np.asarray(getattr(curve, part)) for part in _CURVE}


def _curve_values(arrays: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {part: arrays[f"{name}/curve {part}"] for part in _CURVE}
