"""Whatever is done to a cache: it is refused, or made anew, or nothing of it is believed; and no quote is forged."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any, Final

import faiss
import numpy as np
import pytest

from bot import opening
from bot.config.loading import load_config
from embeddings.index.index import found_index
from embeddings.index.storage import MANIFEST, Record
from embeddings.retriever import Retriever
from knowledge.cache import sealed, unsealed
from knowledge.errors import UserError
from knowledge.pack import load_pack
from tests.knowledge.conftest import CLUB, DEFAULTS, PACK, PARK, PASSAGES, QUESTIONS, TinyPack
from tests.screen.encoders import HashEncoder
from tests.test_app import Heard

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.config.sections import Config
    from embeddings.hits import Findings
    from knowledge.model import Pack

FORGED: Final = "Dogs are forgers, the cat club says."


def only(folder: Path, pattern: str) -> Path:
    """Give the one file or folder of a name."""
    (path,) = folder.glob(pattern)
    return path


def flip(path: Path, at: int = -40) -> None:
    """Flip one bit; size and time of change stay."""
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[at] ^= 4
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def index_in(cache: Path) -> Path:
    """Find the index."""
    return only(cache, f"pets/*/{MANIFEST}").parent


def reseal(cache: Path, change: Callable[[dict[str, Any]], None] = lambda manifest: None) -> None:
    """Change the manifest as a forger would, who hashes everything again."""
    place = index_in(cache)
    manifest = unsealed((place / MANIFEST).read_bytes())
    for name in manifest["files"]:
        record = Record.of(place / name)
        manifest["files"][name] = {"bytes": record.bytes, "mtime_ns": record.mtime_ns, "sha256": record.sha256}
    change(manifest)
    (place / MANIFEST).write_bytes(sealed(manifest))


def in_index(name: str, content: bytes) -> Callable[[Path], None]:
    """Write something else into a file of the index, and seal it."""

    def forge(cache: Path) -> None:
        (index_in(cache) / name).write_bytes(content)
        reseal(cache)

    return forge


def manifest(content: bytes) -> Callable[[Path], None]:
    """Write another manifest."""
    return lambda cache: void((index_in(cache) / MANIFEST).write_bytes(content))


def void(_: object) -> None:
    """Give nothing."""


def edited(cache: Path) -> None:
    """Change a word of the manifest, but not its seal."""
    path = index_in(cache) / MANIFEST
    path.write_text(path.read_text(encoding="utf-8").replace('"recall": 1.0', '"recall": 0.9'), encoding="utf-8")


def emptied(cache: Path) -> None:
    """Have the manifest name no file."""
    reseal(cache, lambda manifest: manifest.update(files={}))


def of_another(cache: Path) -> None:
    """Have the manifest say that it was built from something else."""
    reseal(cache, lambda manifest: manifest["inputs"].update(pack_sha256="ab" * 32))


def not_a_number(cache: Path) -> None:
    """Put NaN into a vector."""
    vectors = np.full((3, 16), np.nan, np.float32)
    flat = faiss.IndexFlatIP(16)
    flat.add(vectors)
    faiss.write_index(flat, str(index_in(cache) / "voice-0.faiss"))
    reseal(cache)


def fewer(cache: Path) -> None:
    """Take vectors away."""
    faiss.write_index(faiss.IndexFlatIP(16), str(index_in(cache) / "voice-0.faiss"))
    reseal(cache)


def truncated(cache: Path) -> None:
    """Cut an array off in the middle."""
    path = min(index_in(cache).glob("learnt-*.npy"))
    path.write_bytes(path.read_bytes()[:-64])
    reseal(cache)


def kept_pack(change: Callable[[dict[str, Any]], object], rest: bytes | None = None) -> Callable[[Path], None]:
    """Change what is kept of the pack as a forger would, who writes the hash anew."""

    def forge(cache: Path) -> None:
        path = only(cache, "proven_packs/*.json")
        _, first, examples = path.read_bytes().split(b"\n", 2)
        head = json.loads(first)
        change(head)
        body = json.dumps(head).encode() + b"\n" + (examples if rest is None else rest)
        path.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)

    return forge


def nested_pack(cache: Path) -> None:
    """Nest the kept pack deeply."""
    body = b"[" * 100_000
    only(cache, "proven_packs/*.json").write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)


def invented(head: dict[str, Any]) -> None:
    """Have a side say what it never said."""
    head["passages"] = head["head"]["passages"] = [{"id": "no-walk", "text": FORGED, "voice": "cats"}]
    head["articles"] = head["head"]["articles"] = [{"id": "club-paper", "text": FORGED}]


def vectors(sql: str) -> Callable[[Path], None]:
    """Change the kept vectors, and take the index away, so that they are needed."""

    def forge(cache: Path) -> None:
        with sqlite3.connect(only(cache, "pets/vectors-*.db")) as db:
            db.execute(sql)
        db.close()
        shutil.rmtree(index_in(cache))

    return forge


def link(cache: Path) -> None:
    """Have the lock lead to something that a person has."""
    (cache / "precious").write_text("kept")
    (cache / "pets/building.lock").unlink()
    (cache / "pets/building.lock").symlink_to(cache / "precious")
    shutil.rmtree(index_in(cache))


def chmod(pattern: str, mode: int) -> Callable[[Path], None]:
    """Let others write."""
    return lambda cache: (only(cache.parent, pattern)).chmod(mode)


REBUILT, PROVEN, BELIEVED_NOTHING = "building the index: ", "proving the pack again: ", ""
OTHERS, LINK = "can be written by others, who could have forged what is in it", "Too many levels of symbolic links"

FORGERIES: Final[dict[str, tuple[Callable[[Path], None], str]]] = {
    "a bit of the kept pack": (lambda cache: flip(only(cache, "proven_packs/*.json")), PROVEN),
    "the kept pack cut off": (lambda cache: os.truncate(only(cache, "proven_packs/*.json"), 300), PROVEN),
    "the kept pack nested deeply": (nested_pack, PROVEN),
    "a number as a word of the kept pack": (kept_pack(lambda head: head["head"].update(taught=[1])), PROVEN),
    "an invented passage": (kept_pack(invented), BELIEVED_NOTHING),
    "examples that are none": (kept_pack(lambda head: None, b"{" * 100_000), BELIEVED_NOTHING),
    "a bit of what was learnt": (lambda cache: flip(index_in(cache) / "learnt.json"), REBUILT),
    "a bit of an array": (lambda cache: flip(min(index_in(cache).glob("*.npy"))), REBUILT),
    "a bit of a vector": (lambda cache: flip(index_in(cache) / "voice-0.faiss"), REBUILT),
    "a bit of the words": (lambda cache: flip(index_in(cache) / "lexical.sqlite3"), REBUILT),
    "a bit of the manifest": (lambda cache: flip(index_in(cache) / MANIFEST), REBUILT),
    "an edited manifest": (edited, REBUILT),
    "a manifest nested deeply": (manifest(b"[" * 100_000), REBUILT),
    "a manifest that is a list": (manifest(b"[]"), REBUILT),
    "an empty manifest": (manifest(b""), REBUILT),
    "a manifest of no files": (emptied, REBUILT),
    "a manifest of another pack": (of_another, REBUILT),
    "a file more": (lambda cache: void((index_in(cache) / "more").write_bytes(b"")), REBUILT),
    "a file less": (lambda cache: (index_in(cache) / "lexical.sqlite3").unlink(), REBUILT),
    "a sealed NaN": (not_a_number, REBUILT),
    "sealed vectors of other passages": (fewer, REBUILT),
    "a sealed array that is cut off": (truncated, REBUILT),
    "a sealed list in place of what was learnt": (in_index("learnt.json", b"[]"), REBUILT),
    "what was learnt, sealed and nested deeply": (in_index("learnt.json", b"[" * 100_000), REBUILT),
    "words that are no database, sealed": (in_index("lexical.sqlite3", b"no database"), REBUILT),
    "a bit of the kept vectors": (vectors("UPDATE vector SET numbers = zeroblob(64)"), REBUILT),
    "kept vectors without their seals": (vectors("UPDATE vector SET seal = randomblob(32)"), REBUILT),
    "kept vectors that are no table": (vectors("DROP TABLE vector"), REBUILT),
    "a lock that is a link": (link, LINK),
    "a cache that others can write": (chmod("cache", 0o777), OTHERS),
    "a pack's folder that a group can write": (chmod("cache/pets", 0o770), OTHERS),
    "an index that others can write": (chmod("cache/pets/*/", 0o702), OTHERS),
    "proven packs that others can write": (chmod("cache/proven_packs", 0o777), OTHERS),
    "a kept pack that others can write": (chmod("cache/proven_packs/*.json", 0o666), OTHERS),
}


class Opened:
    """What a program has after its start: the pack, and what a question finds."""

    def __init__(self, config: Config, heard: Heard) -> None:
        """Open it."""
        self.pack: Pack = opening.open_pack(config, heard.say)
        encoder, index = opening.open_index_for(config, self.pack, heard)
        self.found: Findings = Retriever(self.pack, encoder, index).find("Does a cat need walks?")
        index.close()


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> tuple[Config, Opened]:
    """Build an index of the tiny pack, and open it."""
    folder = tmp_path_factory.mktemp("honest")
    (folder / "pets/articles").mkdir(parents=True)
    pack = TinyPack(folder / "pets")
    files = {"articles/club.txt": CLUB, "articles/park.txt": PARK, "pack.toml": PACK, "passages.toml": PASSAGES}
    for name, text in {**files, "questions.toml": QUESTIONS}.items():
        pack.write(name, text)
    places = {"DILEMMA_PACK__FOLDER": str(pack.path), "DILEMMA_INDEX__FOLDER": str(folder / "cache")}
    config = load_config(None, places)
    with pytest.MonkeyPatch.context() as patch:
        few_turns(patch, folder)
        patch.setattr(opening, "load_encoder", lambda config, reference=None: HashEncoder())
        return config, Opened(config, Heard())


def few_turns(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Have no turns taught: the program's own take as long as all the rest."""
    shutil.copytree(DEFAULTS, folder / "defaults")
    (folder / "defaults/turns.toml").write_bytes(b"")
    patch.setattr("knowledge.reading.tables.DEFAULTS", folder / "defaults")


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_cache_is_refused_or_made_anew(
    honest: tuple[Config, Opened], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgery: str
) -> None:
    """In one go; and what is opened then is what it was, passages and vectors alike."""
    config, right = honest
    assert config.index.folder is not None
    few_turns(monkeypatch, tmp_path)
    monkeypatch.setattr(opening, "load_encoder", lambda config, reference=None: HashEncoder())
    cache = tmp_path / "cache"
    shutil.copytree(config.index.folder, cache)
    config = config.model_copy(update={"index": config.index.model_copy(update={"folder": cache})})
    forge, outcome = FORGERIES[forgery]
    forge(cache)
    heard = Heard()
    if outcome in {OTHERS, LINK}:
        with pytest.raises(UserError, match=outcome):
            Opened(config, heard)
        assert not (cache / "precious").exists() or (cache / "precious").read_text() == "kept"
        return
    opened = Opened(config, heard)
    assert [line.startswith(outcome) for line in heard.said] == ([True] if outcome else [])
    assert opened.pack == right.pack
    assert load_pack(config.pack.folder) == opened.pack
    assert opened.found == right.found
    again = Heard()
    assert Opened(config, again).found == right.found
    assert again.said == []
    whole = found_index(opened.pack, HashEncoder(), cache, thorough=True)
    assert not isinstance(whole, str)
    whole.close()
