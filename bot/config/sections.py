"""The sections of config.toml with their keys, defaults and valid values; config.toml explains them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import parse_qs, urlsplit

from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, SecretStr, ValidationInfo

from bot.values.ballot import LEAST
from knowledge.formats import Format  # noqa: TC001 - pydantic reads the annotations

_PRIVATE_NAMES: Final = (".internal", ".local", ".localhost")
"""Endings of names that nobody can register."""

_NAME: Final = re.compile(r"(?!0[xX][0-9a-fA-F]*$|[0-9]+$)[A-Za-z0-9_-]+")
"""A name without a dot. An IPv4 address may be written as one number, as 134744072 for 8.8.8.8: that is none."""

_PLAIN: Final = {"http": "https", "ws": "wss"}


def checked_api_base(text: str) -> str:
    """Return the base of the HTTP API without a slash at its end. Raises ValueError; an empty text means Discord."""
    return _checked(text, ("http", "https"))


def checked_gateway(text: str) -> str:
    """Return the address of the gateway. Raises ValueError; an empty text means Discord."""
    return _checked(text, ("ws", "wss"))


def is_private(host: str) -> bool:
    """Return whether a host is this machine or in a private network; a name without a dot is.

    Judged is what is connected to: other scripts have dots and digits, too (RFC 3490).
    """
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return _NAME.fullmatch(host) is not None or host.casefold().endswith(_PRIVATE_NAMES)
    return address.is_private and not address.is_unspecified


def _checked(text: str, schemes: tuple[str, ...]) -> str:
    if not text:
        return text
    url = urlsplit(text)
    _ = url.port  # a port that is none raises ValueError
    if url.scheme not in schemes or not url.hostname:
        raise ValueError(f"an address begins with {' or '.join(f'{scheme}://' for scheme in schemes)} and a host")
    if url.username or url.password or url.query or url.fragment:
        raise ValueError("an address has no name, password, query or fragment")
    if url.scheme in _PLAIN and not is_private(url.hostname):
        raise ValueError(f"without encryption only a private host is allowed: use {_PLAIN[url.scheme]}://")
    return text.rstrip("/")


def checked_log_url(text: str) -> str:
    """Return the address of a PostgreSQL database (libpq's form). Raises ValueError; an empty text means none."""
    if text:
        url = urlsplit(text)
        if url.scheme not in {"postgresql", "postgres"}:
            raise ValueError("an address of a database begins with postgresql://")
        if url.password is not None or "password" in parse_qs(url.query):
            raise ValueError("no password may stand here")
    return text


FORMATS: Final = "format"
"""The key of the tables [[format]], which have keys of their own."""

_PATH_STARTS: Final = ("/", "./", "../", "~")


@dataclass(frozen=True, slots=True)
class Must:
    """What a value must be: the words after "must be". What may hold a secret is not `shown`."""

    be: str
    shown: bool = True


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


def _folders(value: object, info: ValidationInfo) -> tuple[Path, ...]:
    """Read a list of folders; those of the environment are parted by commas."""
    parts = [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) and part for part in parts):
        raise ValueError("folders are a list")
    return tuple(_path(part, info) for part in parts)


def _model(text: str, info: ValidationInfo) -> str:
    """Leave a model's name as it is, and make absolute what is plainly a folder."""
    return str(_path(text, info)) if text.startswith(_PATH_STARTS) else text


def _shard_ids(value: object) -> tuple[int, ...]:
    """Read a list of shards; those of the environment are parted by commas or spaces."""
    parts = [part for part in value.replace(",", " ").split() if part] if isinstance(value, str) else value
    if not isinstance(parts, list) or any(isinstance(part, bool) for part in parts):
        raise ValueError("shards are a list")
    ids = tuple(int(part) for part in parts if isinstance(part, int | str))
    if len(ids) != len(parts) or any(shard < 0 for shard in ids):
        raise ValueError("a shard is a number from 0")
    return ids


Switch = Annotated[bool, Must("true or false")]
Voters = Annotated[int, Field(ge=3), Must("a whole number from 3")]
Copies = Annotated[int, Field(ge=1, le=24), Must("a whole number from 1 to 24")]
Count = Annotated[int, Field(ge=1), Must("a whole number from 1")]
OptionalPath = Annotated[Path | None, PlainValidator(_optional_path), Must("a path, or empty")]
Folders = Annotated[tuple[Path, ...], PlainValidator(_folders), Must("a list of folders")]
Model = Annotated[str, Field(min_length=1), AfterValidator(_model), Must("the name of a model, or its folder")]
Sha256 = Annotated[str, Field(pattern="^([0-9a-f]{64})?$"), Must("64 of the digits 0-9 and a-f, or empty")]
Runtime = Annotated[Literal["auto", "onnx", "reference"], Must('"auto", "onnx" or "reference"')]
Level = Annotated[
    Literal["auto", "debug", "info", "warning", "error"], Must('"auto", "debug", "info", "warning" or "error"')
]
Form = Annotated[Literal["console", "json"], Must('"console" or "json"')]
ApiBase = Annotated[str, AfterValidator(checked_api_base), Must("https://…, http://… of a private host, or empty")]
Gateway = Annotated[str, AfterValidator(checked_gateway), Must("wss://…, ws://… of a private host, or empty")]
LogUrl = Annotated[
    str,
    AfterValidator(checked_log_url),
    Must(
        "postgresql://… without a password (that comes from DILEMMA_LOG_PASSWORD, from a file that "
        "DILEMMA_LOG_PASSWORD_FILE names, or from .pgpass), or empty",
        shown=False,
    ),
]
Sharing = Annotated[Literal["fixed", "auto"], Must('"fixed" or "auto"')]
ShardCount = Annotated[int, Field(ge=0, le=10_000), Must("a whole number from 0")]
ShardIds = Annotated[tuple[int, ...], PlainValidator(_shard_ids), Must("a list of whole numbers from 0")]
Port = Annotated[int, Field(ge=0, le=65_535), Must("a port from 1 to 65535, or 0")]
Seconds = Annotated[float, Field(gt=0, le=86_400), Must("a number of seconds above 0")]
Text = Annotated[str, Field(max_length=200), Must("a text of at most 200 characters")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PackSection(_Frozen):
    """Which pack of knowledge answers (None: the one that comes with the program), and which further ones a bot has."""

    folder: OptionalPath = None
    further: Folders = ()

    @property
    def folders(self) -> tuple[Path | None, ...]:
        """All of them, the default first."""
        return (self.folder, *self.further)


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
    """The conversation log; with a `url` it lies in PostgreSQL, and only what waits for that lies beside the `file`."""

    enabled: Switch = True
    url: LogUrl = ""
    path: OptionalPath = None
    copies: Copies = 2

    @property
    def file(self) -> Path:
        """The database: the one that is set, else the one in the platform's own data folder."""
        return self.path or user_data_path("dilemma", appauthor=False) / "log.sqlite3"


class VotesSection(_Frozen):
    """Secret votes: sums of fewer than `least` people are told to nobody."""

    least: Voters = LEAST


class LoggingSection(_Frozen):
    """The program's own messages, to stderr without a path; "auto" is "info" for `run`, "warning" elsewhere."""

    level: Level = "auto"
    format: Form = "console"
    path: OptionalPath = None


class DiscordSection(_Frozen):
    """The bot on Discord; empty addresses and 0 shards leave it to Discord, no `shard_ids` means all of them.

    With `shards` "auto", processes with one log share them out.

    Turns are kept for `retention_days` where a guild's moderators set nothing, and outside guilds. `watchdog_s` is how
    long a shard may be without a session before the program gives up. `ready_port` answers `/ready` (0: none).
    """

    owner: Text = ""
    retention_days: Count = 90
    api_base: ApiBase = ""
    gateway_url: Gateway = ""
    shards: Sharing = "fixed"
    shard_count: ShardCount = 0
    shard_ids: ShardIds = ()
    watchdog_s: Seconds = 180.0
    ready_port: Port = 0


class Sections(_Frozen):
    """The settings that have a section and a key."""

    pack: PackSection = PackSection()
    encoder: EncoderSection = EncoderSection()
    index: IndexSection = IndexSection()
    answer: AnswerSection = AnswerSection()
    log: LogSection = LogSection()
    votes: VotesSection = VotesSection()
    discord: DiscordSection = DiscordSection()
    logging: LoggingSection = LoggingSection()


@dataclass(frozen=True, slots=True)
class Server:
    """A database on a PostgreSQL server: libpq's URL, the password, and the path beside which waits what it misses."""

    url: str
    beside: Path
    password: SecretStr | None = None

    def __str__(self) -> str:
        """Return the URL, in which no password stands."""
        return self.url


class Config(Sections):
    """All settings; `formats` are the moderators' own for debates, which stand in the file alone."""

    formats: tuple[Format, ...] = ()
    log_password: SecretStr | None = None

    @property
    def log_place(self) -> Path | Server:
        """Where the log lies."""
        return Server(self.log.url, self.log.file, self.log_password) if self.log.url else self.log.file

    def with_pack(self, folder: Path | None) -> Self:
        """Return the settings with one pack alone; None: the one that comes with the program."""
        return self.model_copy(update={"pack": self.pack.model_copy(update={"folder": folder, "further": ()})})


SECTIONS: Final[Mapping[str, type[BaseModel]]] = {
    name: field.annotation
    for name, field in Sections.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}
