"""The settings: config.toml and the environment, read once, every problem reported at once.

What each setting means stands in config.toml. Secrets are no settings; `secret.py` reads those. It must not know what a
setting is used for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, ValidationError, ValidationInfo

from bot import secret
from bot.services.endpoints import checked_api_base, checked_gateway
from knowledge.errors import Problem, UserError
from knowledge.nearest import hint, nearest, quoted
from knowledge.reading import Folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails

    from knowledge.reading import Table

FILE: Final = "config.toml"
"""The file that is read from the current folder when none is named."""

PREFIX: Final = "DILEMMA_"
VARIABLE: Final = "DILEMMA_CONFIG"
_NO_SETTINGS: Final = (VARIABLE, secret.VARIABLE, secret.FILE_VARIABLE)

_SECRET_WORDS: Final = ("secret", "token", "password")
_PATH_STARTS: Final = ("/", "./", "../", "~")


@dataclass(frozen=True, slots=True)
class Must:
    """What a value has to be, in words that go on after "must be"."""

    be: str


def _path(text: str, info: ValidationInfo) -> Path:
    """Make a path absolute: `~` is the home folder, a relative one starts in the context's folder."""
    if "\0" in text:
        raise ValueError("a path cannot hold NUL")
    context: Mapping[str, Path] = info.context or {}
    try:
        return context["folder"] / Path(text).expanduser()
    except RuntimeError as error:
        raise ValueError("there is no such home folder") from error


def _optional_path(value: object, info: ValidationInfo) -> Path | None:
    if not isinstance(value, str):
        raise ValueError("a path is a text")  # noqa: TRY004 - pydantic collects ValueError only
    return _path(value, info) if value else None


def _model(text: str, info: ValidationInfo) -> str:
    """Leave a model's name as it is, and make absolute what is plainly a folder."""
    return str(_path(text, info)) if text.startswith(_PATH_STARTS) else text


def _shard_ids(value: object) -> tuple[int, ...]:
    """Read a list of shards; in the environment they are parted by commas."""
    parts = [part for part in value.replace(",", " ").split() if part] if isinstance(value, str) else value
    if not isinstance(parts, list) or any(isinstance(part, bool) for part in parts):
        raise ValueError("shards are a list")
    ids = tuple(int(part) for part in parts if isinstance(part, int | str))
    if len(ids) != len(parts) or any(shard < 0 for shard in ids):
        raise ValueError("a shard is a number from 0")
    return ids


Switch = Annotated[bool, Must("true or false")]
Count = Annotated[int, Field(ge=1), Must("a whole number from 1")]
OptionalPath = Annotated[Path | None, PlainValidator(_optional_path), Must("a path, or empty")]
Model = Annotated[str, Field(min_length=1), AfterValidator(_model), Must("the name of a model, or its folder")]
Sha256 = Annotated[str, Field(pattern="^([0-9a-f]{64})?$"), Must("64 of the digits 0-9 and a-f, or empty")]
Runtime = Annotated[Literal["auto", "onnx", "reference"], Must('"auto", "onnx" or "reference"')]
Level = Annotated[
    Literal["auto", "debug", "info", "warning", "error"], Must('"auto", "debug", "info", "warning" or "error"')
]
Format = Annotated[Literal["console", "json"], Must('"console" or "json"')]


ApiBase = Annotated[str, AfterValidator(checked_api_base), Must("https://…, http://… of a private host, or empty")]
Gateway = Annotated[str, AfterValidator(checked_gateway), Must("wss://…, ws://… of a private host, or empty")]
ShardCount = Annotated[int, Field(ge=0, le=10_000), Must("a whole number from 0")]
ShardIds = Annotated[tuple[int, ...], PlainValidator(_shard_ids), Must("a list of whole numbers from 0")]
Seconds = Annotated[float, Field(gt=0, le=86_400), Must("a number of seconds above 0")]
Text = Annotated[str, Field(max_length=200), Must("a text of at most 200 characters")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PackSection(_Frozen):
    """Which pack of knowledge answers; None: the one that comes with the program."""

    folder: OptionalPath = None


class EncoderSection(_Frozen):
    """Which model turns texts into vectors."""

    model: Model = "all-MiniLM-L6-v2"
    sha256: Sha256 = ""
    offline: Switch = True
    runtime: Runtime = "auto"


class IndexSection(_Frozen):
    """Where the index is kept; None: in the platform's own cache folder."""

    folder: OptionalPath = None


class AnswerSection(_Frozen):
    """How questions are answered; `max_question_chars` counts code points."""

    max_question_chars: Count = 500


class LogSection(_Frozen):
    """The conversation log."""

    enabled: Switch = True
    path: OptionalPath = None

    @property
    def file(self) -> Path:
        """The database: the one that is set, else the one in the platform's own data folder."""
        return self.path or user_data_path("dilemma", appauthor=False) / "log.sqlite3"


class LoggingSection(_Frozen):
    """The program's own messages, which never hold a question; without a path they go to stderr.

    "auto" is "info" for a program that runs alone, and "warning" for one that somebody waits for.
    """

    level: Level = "auto"
    format: Format = "console"
    path: OptionalPath = None


class DiscordSection(_Frozen):
    """The bot on Discord; empty addresses and 0 shards leave it to Discord, no `shard_ids` means all of them.

    Turns are kept for `retention_days` where a guild's moderators set nothing, and outside guilds. `watchdog_s` is how
    long a shard may be without a session before the program gives up.
    """

    owner: Text = ""
    retention_days: Count = 90
    api_base: ApiBase = ""
    gateway_url: Gateway = ""
    shard_count: ShardCount = 0
    shard_ids: ShardIds = ()
    watchdog_s: Seconds = 180.0


class Config(_Frozen):
    """All settings."""

    pack: PackSection = PackSection()
    encoder: EncoderSection = EncoderSection()
    index: IndexSection = IndexSection()
    answer: AnswerSection = AnswerSection()
    log: LogSection = LogSection()
    discord: DiscordSection = DiscordSection()
    logging: LoggingSection = LoggingSection()


_SECTIONS: Final[Mapping[str, type[BaseModel]]] = {
    name: field.annotation
    for name, field in Config.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}


def find_config(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    """Choose the file to read: the one named, else the one that DILEMMA_CONFIG names, else ./config.toml if it exists.

    A file that is named need not exist. Raises UserError for a home folder that does not.
    """
    named = path or environ.get(VARIABLE)
    if named:
        try:
            return Path(named).expanduser()
        except RuntimeError as error:
            raise UserError(f"there is no config file {named}, for there is no such home folder: correct it") from error
    here = Path(FILE)
    return here if here.is_symlink() or here.exists() else None


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
    return Config(
        **{
            name: getattr(in_file, name).model_copy(update=getattr(in_environment, name).model_dump(exclude_unset=True))
            for name in _SECTIONS
        }
    )


def _read_file(path: Path, problems: list[Problem]) -> Config:
    """Read a file; what is wrong with it goes on the list. Raises UserError when it does not exist."""
    folder = Folder(path.parent)
    root = folder.toml(path.name, optional=True)
    config = Config()
    if root is not None:
        base = path.parent.absolute()
        config = _validated(
            lambda: Config.model_validate(root.values, strict=True, context={"folder": base}),
            lambda error: _complain_in_file(root, error),
        )
    elif not folder.problems:
        raise UserError(f"there is no config file {path}: correct --config or {VARIABLE}, or use neither")
    problems += (replace(problem, file=str(path)) for problem in folder.problems)
    return config


def _complain_in_file(root: Table, error: ErrorDetails) -> None:
    """Put a problem of a file on its list, with its line."""
    section, key = _place(error)
    if not key:
        root.complain(_fault_of_section(section, error), section)
        return
    table = root.table(section)
    if table is not None:
        table.complain(f"[{section}] {_fault_of_key(section, key, error)}", key)


def _read_environment(environ: Mapping[str, str], problems: list[Problem]) -> Config:
    """Read the variables DILEMMA_<SECTION>__<KEY>; what is wrong with them goes on the list."""
    settings = {_variable(name, key): (name, key) for name, model in _SECTIONS.items() for key in model.model_fields}
    valid = (*settings, *_NO_SETTINGS)
    values: dict[str, dict[str, str]] = {}
    for variable in sorted(name for name in environ if name.startswith(PREFIX)):
        if variable in settings:
            section, key = settings[variable]
            values.setdefault(section, {})[key] = environ[variable]
        elif variable not in valid:
            # Other programs may set names of this beginning (a cluster that has a service called dilemma does), so
            # one that neither has the form of a setting nor looks like a slip is theirs.
            near = nearest(variable.removeprefix(PREFIX), (name.removeprefix(PREFIX) for name in valid))
            if near is not None:
                problems.append(Problem(variable, 0, f"unknown setting; did you mean {PREFIX}{near}?"))
            elif "__" in variable:
                problems.append(Problem(variable, 0, f"unknown setting; {FILE} lists all that there are"))

    def complain(error: ErrorDetails) -> None:
        section, key = _place(error)
        problems.append(Problem(_variable(section, key), 0, _must(section, key, error)))

    base = Path.cwd()
    return _validated(lambda: Config.model_validate_strings(values, context={"folder": base}), complain)


def _variable(section: str, key: str) -> str:
    return f"{PREFIX}{section.upper()}__{key.upper()}"


def _validated(validate: Callable[[], Config], complain: Callable[[ErrorDetails], None]) -> Config:
    """Give what `validate` gives; or the defaults, after a complaint about each thing that is wrong."""
    try:
        return validate()
    except ValidationError as invalid:
        for error in invalid.errors(include_url=False, include_context=False):
            complain(error)
    return Config()


def _place(error: ErrorDetails) -> tuple[str, str]:
    """Give the section and the key of an error; the key is empty when it is about the whole section."""
    section, *rest = (str(part) for part in error["loc"])
    return section, rest[0] if rest else ""


def _fault_of_section(name: str, error: ErrorDetails) -> str:
    """Word the problem of something at the top of the file."""
    if name in _SECTIONS:
        return f"{quoted(name)} must be a section headed [{name}], not {_in_words(error['input'])}"
    if isinstance(error["input"], dict):
        return f"unknown section {quoted(name)}{hint(name, _SECTIONS)}"
    return _unknown_key(name, ()) or f"{quoted(name)} stands outside any section{hint(name, _SECTIONS)}"


def _fault_of_key(section: str, key: str, error: ErrorDetails) -> str:
    """Word the problem of a key inside a section."""
    known = tuple(_SECTIONS[section].model_fields)
    if key in known:
        return f"{quoted(key)} {_must(section, key, error)}"
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
    homes = [name for name, model in _SECTIONS.items() if key in model.model_fields]
    if homes and nearest(key, known) is None:
        return f"unknown key {quoted(key)}; it belongs under {' or '.join(f'[{home}]' for home in homes)}"
    return None


def _must(section: str, key: str, error: ErrorDetails) -> str:
    """Say what a setting has to be, and what it is."""
    metadata = _SECTIONS[section].model_fields[key].metadata
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
