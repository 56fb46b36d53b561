"""What is said of a setting that is wrong: what it is, what it has to be, and what was probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.config import secret
from bot.config.sections import FORMATS, SECTIONS, Must
from knowledge.reading.nearest import hint, nearest, quoted

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_SECRET_WORDS: Final = ("secret", "token", "password")


def place_of(error: ErrorDetails) -> tuple[str, str]:
    """Give the section and the key of an error; the key is empty when it is about the whole section."""
    section, *rest = (str(part) for part in error["loc"])
    return section, rest[0] if rest else ""


def fault_of_section(name: str, error: ErrorDetails) -> str:
    """Word the problem of something at the top of the file."""
    if name in SECTIONS:
        return f"{quoted(name)} must be a section headed [{name}], not {_in_words(error['input'])}"
    if isinstance(error["input"], dict) or _are_tables(error["input"]):
        return f"unknown section {quoted(name)}{hint(name, (*SECTIONS, FORMATS))}"
    return _unknown_key(name, ()) or f"{quoted(name)} stands outside any section{hint(name, SECTIONS)}"


def _are_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, dict) for entry in value)


def fault_of_key(section: str, key: str, error: ErrorDetails) -> str:
    """Word the problem of a key inside a section."""
    known = tuple(SECTIONS[section].model_fields)
    if key in known:
        return f"{quoted(key)} {must(section, key, error)}"
    return _unknown_key(key, known) or f"unknown key {quoted(key)}{hint(key, known)}"


def _unknown_key(key: str, known: tuple[str, ...]) -> str | None:
    """Word the problem of a key that is a secret, or that another section has; None for any other."""
    if any(word in key.casefold() for word in _SECRET_WORDS):
        variables = (secret.VARIABLE, secret.FILE_VARIABLE)
        if "token" in key.casefold():
            variables = (secret.TOKEN_VARIABLE, secret.TOKEN_FILE_VARIABLE)
        return (
            f"{quoted(key)} looks like a secret, and none may stand here: remove it, and set {' or '.join(variables)} "
            "in the environment"
        )
    homes = [name for name, model in SECTIONS.items() if key in model.model_fields]
    if homes and nearest(key, known) is None:
        return f"unknown key {quoted(key)}; it belongs under {' or '.join(f'[{home}]' for home in homes)}"
    return None


def must(section: str, key: str, error: ErrorDetails) -> str:
    """Say what a setting has to be, and what it is."""
    metadata = SECTIONS[section].model_fields[key].metadata
    (must,) = (note for note in metadata if isinstance(note, Must))
    return f"must be {must.be}, not {_in_words(error['input'])}"


def _in_words(value: Any) -> str:  # noqa: ANN401 - TOML holds anything
    match value:
        case str():
            return quoted(value)
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case list():
            return "a list"
        case dict():
            return "a section"
        case _:
            return "a date or time"
