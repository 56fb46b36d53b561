"""HTML pages as PDFs, made by WeasyPrint from the extra "pdf". Nothing is fetched: a page is self-contained."""

from __future__ import annotations

import asyncio
import logging
import threading
from importlib.util import find_spec
from typing import Final

from knowledge.distribution import adding_extra
from knowledge.errors import UserError

_PRINTING: Final = threading.Lock()
"""One page at a time: each keeps a processor busy for a second, and the fonts are shared."""


def can_print() -> bool:
    """Return whether WeasyPrint is installed."""
    return find_spec("weasyprint") is not None


async def pdf_of(html: str) -> bytes:
    """Return a page as a PDF, made in a thread. Raises UserError if WeasyPrint or one of its libraries is missing."""
    return await asyncio.to_thread(printed, html)


def printed(html: str) -> bytes:
    """Return a page as a PDF, tagged for screen readers; the same bytes for the same page on one machine.

    Raises UserError if WeasyPrint or one of its libraries is missing.
    """
    if not can_print():
        raise UserError(
            "a PDF needs WeasyPrint: run `{command}`, or choose HTML, which any browser can print",
            command=adding_extra("pdf"),
        )
    for library in ("weasyprint", "fontTools"):
        # They complain of styles that paper has no use for.
        logging.getLogger(library).setLevel(logging.ERROR)
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
