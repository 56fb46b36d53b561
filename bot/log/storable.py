"""What SQLite's text cannot hold, and what stands in its place.

It must not know tables.
"""

from __future__ import annotations

import re
from typing import Any, Final

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT: Final = "\ufffd"


def storable(value: Any) -> Any:  # noqa: ANN401 - rows and JSON objects hold anything
    """Replace each NUL and each lone surrogate by U+FFFD, in a text or in every text inside lists and mappings.

    SQLite cuts a text at NUL in its own functions, and a lone surrogate has no UTF-8; the rest stays as it came.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub(REPLACEMENT, value)
    if isinstance(value, dict):
        return {key: storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    return value
