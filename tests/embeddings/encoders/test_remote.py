from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from embeddings.encoders.remote import RemoteEncoder
from knowledge.errors import Fault, UserError
from tests.embeddings.encoders.fakes import WordEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from embeddings.encoders.reference import Vectors


class FragileEncoder(WordEncoder):
    """Breaks at the word "break", and takes its process with it at the word "die"."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        if "die" in texts:
            os._exit(3)
        if "break" in texts:
            raise ValueError("broken on purpose")
        return super().encode(texts)


def missing() -> WordEncoder:
    raise UserError("no model: install one")


def dying() -> WordEncoder:
    os._exit(4)


@pytest.fixture(scope="module")
def encoder() -> Iterator[RemoteEncoder]:
    remote = RemoteEncoder(FragileEncoder)
    yield remote
    remote.close()


def test_vectors_are_those_of_the_encoder(encoder: RemoteEncoder) -> None:
    texts = ["tea warms", "coffee wakes", "\ud800"]
    np.testing.assert_array_equal(encoder.encode(texts), WordEncoder().encode(texts))
    assert encoder.fingerprint == WordEncoder().fingerprint


def test_no_text_gives_no_vector(encoder: RemoteEncoder) -> None:
    assert len(encoder.encode([])) == 0


def test_an_error_of_the_encoder_comes_back_and_harms_nobody_else(encoder: RemoteEncoder) -> None:
    with pytest.raises(Fault, match=r"^ValueError: broken on purpose$"):
        encoder.encode(["break"])
    assert encoder.encode(["tea"]).shape == (1, 32)


def test_a_dead_process_is_noticed_and_started_again(encoder: RemoteEncoder) -> None:
    with pytest.raises(Fault, match=r"process died \(exit code 3\)"):
        encoder.encode(["die"])
    np.testing.assert_array_equal(encoder.encode(["tea"]), WordEncoder().encode(["tea"]))


def test_what_a_person_can_mend_comes_back_as_it_is() -> None:
    with pytest.raises(UserError, match=r"^no model: install one$"):
        RemoteEncoder(missing)


def test_a_process_that_dies_at_its_start_is_noticed() -> None:
    with pytest.raises(Fault, match=r"process died \(exit code 4\)"):
        RemoteEncoder(dying)


def test_closing_ends_the_process() -> None:
    remote = RemoteEncoder(WordEncoder)
    remote.close()
    assert not [child for child in multiprocessing.active_children() if child is remote._process]
    assert remote._process.exitcode == 0


_PARENT = """
import os, sys
sys.path.insert(0, sys.argv[1])
from embeddings.encoders.remote import RemoteEncoder
from tests.embeddings.encoders.fakes import WordEncoder
if __name__ == "__main__":
    remote = RemoteEncoder(WordEncoder)
    print(len(remote.encode(["tea"])), flush=True)
    os.kill(os.getpid(), 9)
"""


def test_the_process_ends_with_its_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(_PARENT, encoding="utf-8")
    root = str(Path(__file__).parents[3])
    parent = subprocess.run([sys.executable, script, root], stdout=subprocess.PIPE, timeout=60, check=False)
    assert (parent.returncode, parent.stdout) == (-9, b"1\n")
