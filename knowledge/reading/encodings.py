"""The text of a file that people save, whatever their editor puts before it."""

from __future__ import annotations

import codecs

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_of(content: bytes) -> str:
    """Return bytes as text: UTF-8, or UTF-16 after its byte order mark, which is left out, as is that of UTF-8.

    Line ends stay as they are. Raises UnicodeDecodeError, whose `start` counts bytes of the content.
    """
    if content.startswith(_UTF_16):
        return content.decode("utf-16")
    return content.decode("utf-8-sig")
