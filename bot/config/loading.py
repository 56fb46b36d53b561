"""Reading the settings, config.toml and the environment, with every problem reported at once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_origin

from pydantic import ValidationError

from bot.config import secret
from bot.config.sections import FORMATS, SECTIONS, Config, Must, Sections
from knowledge.errors import Problem, UserError
from knowledge.reading.encodings import text_of
from knowledge.reading.formats import formats_in
from knowledge.reading.nearest import hint, nearest, quoted
from knowledge.reading.tables import Folder, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from knowledge.formats import Format

OWN_FILE: Final = "dilemma.toml"
FILE: Final = "config.toml"
"""The files in the current folder that are read when none is named; the second only if it is ours."""

_SECTION: Final = re.compile(r"""^[ \t]*(?:\[\[?[ \t]*)?["']?([\w-]+)["']?[ \t]*(?:[].]|=[ \t]*\{)""", re.MULTILINE)
"""A line that begins a section, or sets a key of one; in the group, the section's name."""

_NEAR_ENOUGH: Final = 0.8
"""Likeness from which a section's name is a slip in one of ours."""

PREFIX: Final = "DILEMMA_"
VARIABLE: Final = "DILEMMA_CONFIG"
_NO_TEXTS: Final = (bool, int, float, tuple)
_NO_SETTINGS: Final = (
    VARIABLE,
    secret.VARIABLE,
    secret.FILE_VARIABLE,
    secret.LOG_PASSWORD_VARIABLE,
    secret.LOG_PASSWORD_FILE_VARIABLE,
)


def find_config(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    """Return the file that is named, else that of DILEMMA_CONFIG, else ./dilemma.toml, else a ./config.toml of ours.

    A named file need not exist. Raises UserError for a home folder that does not.
    """
    named = path or environ.get(VARIABLE)
    if named:
        try:
            return Path(named).expanduser()
        except RuntimeError as error:
            raise UserError(f"there is no config file {named}, for there is no such home folder: correct it") from error
    for here in (Path(OWN_FILE), Path(FILE)):
        if here.is_symlink() or here.exists():
            return None if here.name == FILE and is_foreign(here) else here
    return None


def left_alone(path: Path | None, environ: Mapping[str, str]) -> str | None:
    """Return what to say of a ./config.toml that would be read if it were ours; None where there is none."""
    here = Path(FILE)
    if find_config(path, environ) or not here.exists():
        return None
    return (
        f"the {FILE} here has no section of dilemma's, so it was taken for another program's and left alone; "
        f"dilemma's own may be named {OWN_FILE}"
    )


def is_foreign(path: Path) -> bool:
    """Return whether a file is another program's: it has sections, and none that is ours, nor ours with a slip."""
    try:
        text = text_of(path.read_bytes())
    except (OSError, UnicodeDecodeError):
        return False  # reading it will say what is wrong
    names = {match[1].casefold() for match in _SECTION.finditer(text)}
    ours = (*SECTIONS, FORMATS)
    return bool(names) and not any(get_close_matches(name, ours, n=1, cutoff=_NEAR_ENOUGH) for name in names)


def load_config(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the settings: what the environment says, else what the file says, else the defaults.

    Relative paths start in the folder of the file; those of the environment in the current folder. Raises UserError
    with every problem of both, each with its line or its variable.
    """
    file = find_config(path, environ)
    problems: list[Problem] = []
    in_file = Config() if file is None else _read_file(file, problems)
    in_environment = _read_environment(environ, problems)
    if problems:
        raise UserError("\n".join(str(problem) for problem in problems))
    config = Config(
        formats=in_file.formats,
        **{
            name: getattr(in_file, name).model_copy(update=getattr(in_environment, name).model_dump(exclude_unset=True))
            for name in SECTIONS
        },
    )
    if config.discord.shards == "auto" and (wrong := _unshared(config)) is not None:
        raise UserError(wrong)
    if not config.log.url:
        return config
    return config.model_copy(update={"log_password": secret.read_log_password(environ)})


def _unshared(config: Config) -> str | None:
    """Return why the shards cannot be shared out with these settings; None when they can."""
    asked = '`shards` under [discord] is "auto"'
    if not (config.log.url and config.log.enabled):
        return f"{asked}, which needs a log that all processes share: set `url` under [log]"
    if config.discord.shard_ids:
        return f'{asked}, and `shard_ids` names some: remove them, or set `shards` to "fixed"'
    return None


def _read_file(path: Path, problems: list[Problem]) -> Config:
    """Read a file, and list its problems. Raises UserError when it does not exist."""
    folder = Folder(path.parent)
    root = folder.toml(path.name, optional=True)
    sections = Sections()
    formats: tuple[Format, ...] = ()
    if root is not None:
        base = path.parent.absolute()
        values = {name: value for name, value in root.values.items() if name != FORMATS}
        sections = _validated(
            lambda: Sections.model_validate(values, strict=True, context={"folder": base}),
            lambda error: _complain_in_file(root, error),
        )
        formats = formats_in(root)
    elif not folder.problems:
        raise UserError(f"there is no config file {path}: correct --config or {VARIABLE}, or use neither")
    problems += (replace(problem, file=str(path)) for problem in folder.problems)
    return Config(formats=formats, **dict(sections))


def _complain_in_file(root: Table, error: ErrorDetails) -> None:
    section, key = place_of(error)
    if not key:
        root.complain(fault_of_section(section, error), section)
        return
    table = root.table(section)
    if table is not None:
        table.complain(f"[{section}] {fault_of_key(section, key, error)}", key)


def _read_environment(environ: Mapping[str, str], problems: list[Problem]) -> Sections:
    settings = {_variable(name, key): (name, key) for name, model in SECTIONS.items() for key in model.model_fields}
    valid = (*settings, *_NO_SETTINGS)
    values: dict[str, dict[str, str]] = {}
    for variable in sorted(name for name in environ if name.startswith(PREFIX)):
        if variable in settings:
            section, key = settings[variable]
            values.setdefault(section, {})[key] = _plainly(environ[variable], SECTIONS[section].model_fields[key])
        elif variable not in valid:
            # Other programs may set names of this beginning (a cluster that has a service called dilemma does), so
            # one that neither has the form of a setting nor looks like a slip is theirs.
            near = nearest(variable.removeprefix(PREFIX), (name.removeprefix(PREFIX) for name in valid))
            if near is not None:
                problems.append(Problem(variable, 0, f"unknown setting; did you mean {PREFIX}{near}?"))
            elif "__" in variable:
                problems.append(Problem(variable, 0, f"unknown setting; {FILE} lists all that there are"))

    def complain(error: ErrorDetails) -> None:
        section, key = place_of(error)
        variable = _variable(section, key)
        problems.append(Problem(variable, 0, must(section, key, {**error, "input": environ[variable]})))

    base = Path.cwd()
    return _validated(lambda: Sections.model_validate_strings(values, context={"folder": base}), complain)


def _plainly(text: str, setting: FieldInfo) -> str:
    """Return a variable's value; of a number, a switch or a list what TOML reads, so that the file's form will do."""
    if (get_origin(setting.annotation) or setting.annotation) not in _NO_TEXTS:
        return text
    try:
        values = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    value = values["value"]
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _variable(section: str, key: str) -> str:
    return f"{PREFIX}{section.upper()}__{key.upper()}"


def _validated(validate: Callable[[], Sections], complain: Callable[[ErrorDetails], None]) -> Sections:
    """Return what `validate` returns; or the defaults, after a complaint about each error."""
    try:
        return validate()
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False, include_context=False):
            complain(error)
    return Sections()


_SECRET_WORDS: Final = ("secret", "token", "password")


def place_of(error: ErrorDetails) -> tuple[str, str]:
    """Return the section and the key of an error; the key is empty when it is about the whole section."""
    section, *rest = (str(part) for part in error["loc"])
    return section, rest[0] if rest else ""


def fault_of_section(name: str, error: ErrorDetails) -> str:
    """Return the problem of a name at the top of the file."""
    if name in SECTIONS:
        return f"{quoted(name)} must be a section headed [{name}], not {_in_words(error['input'])}"
    if isinstance(error["input"], dict) or _are_tables(error["input"]):
        return f"unknown section {quoted(name)}{hint(name, (*SECTIONS, FORMATS))}"
    return _unknown_key(name, ()) or f"{quoted(name)} stands outside any section{hint(name, SECTIONS)}"


def _are_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, dict) for entry in value)


def fault_of_key(section: str, key: str, error: ErrorDetails) -> str:
    """Return the problem of a key inside a section."""
    known = tuple(SECTIONS[section].model_fields)
    if key in known:
        return f"{quoted(key)} {must(section, key, error)}"
    return _unknown_key(key, known) or f"unknown key {quoted(key)}{hint(key, known)}"


def _unknown_key(key: str, known: tuple[str, ...]) -> str | None:
    """Return the problem of a key that is a secret, or another section's; None for any other."""
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
    """Return what a setting has to be, and what it is."""
    metadata = SECTIONS[section].model_fields[key].metadata
    (must,) = (note for note in metadata if isinstance(note, Must))
    shown = must.shown or not isinstance(error["input"], str)
    return f"must be {must.be}" + (f", not {_in_words(error['input'])}" if shown else "")


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
