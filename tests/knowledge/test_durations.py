"""Lengths of time as people write them."""

from __future__ import annotations

import pytest

from knowledge.durations import in_minutes, minutes_in


@pytest.mark.parametrize(
    ("text", "minutes", "shown"),
    [
        ("3", 3, "3"),
        ("90 s", 1.5, "1:30"),
        ("1:30", 1.5, "1:30"),
        ("1.5 min", 1.5, "1:30"),
        ("1,5 Min.", 1.5, "1:30"),
        ("1½", 1.5, "1:30"),
        ("½ min", 0.5, "0:30"),
        ("2m30s", 2.5, "2:30"),
        ("2 minutes 30", 2.5, "2:30"),
        ("1'30\"", 1.5, "1:30"),
        ("80 Sekunden", 80 / 60, "1:20"),
        ("2 minutos 5 segundos", 125 / 60, "2:05"),
        ("९० सेकंड", 1.5, "1:30"),
        ("1:30:00", 90, "90"),
        ("1:30 h", 90, "90"),
        ("1h30", 90, "90"),
        ("0", 0, "0"),
    ],
)
def test_a_length_is_read_in_any_usual_form_and_written_in_one(text: str, minutes: float, shown: str) -> None:
    assert minutes_in(text) == minutes
    assert in_minutes(minutes) == shown


@pytest.mark.parametrize("text", ["", "soon", "-3", "1:75", "3 3", "5 s 3 min", "2 min 3 min", "1:30 s", "inf", "3 d"])
def test_what_is_no_length_is_none(text: str) -> None:
    assert minutes_in(text) is None
