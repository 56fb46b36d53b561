"""A page of HTML as a PDF, made by WeasyPrint, which comes with the extra "pdf".

Nothing is fetched for it: a page has all that it needs.
"""

from __future__ import annotations

import asyncio
import threading
from importlib.util import find_spec
from typing import Final

from knowledge.errors import UserError

_PRINTING: Final = threading.Lock()
"""Pages are laid out one after the other: each takes a second of the processor, and the fonts are shared."""


def can_print() -> bool:
    """Return whether WeasyPrint is there."""
    return find_spec("weasyprint") is not None


async def pdf_of(html: str) -> bytes:
    """Print a page, in a thread. Raises UserError where WeasyPrint is not there, or lacks a library of the system."""
    return await asyncio.to_thread(printed, html)


def printed(html: str) -> bytes:
    """Print a page, tagged for screen readers: the same page gives the same bytes on one machine.

    Raises UserError as `pdf_of` does.
    """
    if not can_print():
        raise UserError(
            "a PDF needs WeasyPrint: pip install 'dilemma[pdf]'; or choose HTML, which any browser can print"
        )
    with _PRINTING:
        try:
            from weasyprint import HTML  # noqa: PLC0415 - takes a second, and is optional
            from weasyprint.urls import URLFetcher  # noqa: PLC0415 - the same
        except OSError as error:  # it loads Pango when it is imported
            reason = str(error).partition("\n")[0]
            raise UserError(
                "WeasyPrint does not start here ({reason}): see its installation guide, or choose HTML, which any "
                "browser can print",
                reason=reason,
            ) from error
        return bytes(HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf(pdf_tags=True))
