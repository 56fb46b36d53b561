"""What mkdocs calls while it builds the site: pages that stand elsewhere in the repository join those under docs/."""

# ruff: noqa: INP001 - mkdocs loads it by its path

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT: Final = Path(__file__).parent.parent
FROM_ELSEWHERE: Final = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "PRIVACY.md": "privacy.md",
    "CHANGELOG.md": "changelog.md",
    "knowledge/packs/social-dilemma/SOURCES.md": "sources.md",
    "LICENSE": "LICENSE",
}
"""Files of the repository, and what they are called on the site."""

ON_THE_SITE: Final = {name: path for path, name in FROM_ELSEWHERE.items()}
_LINK: Final = re.compile(r'(?P<before>\]\(|src=")(?P<path>[^)":#]+)(?=[)"#])')


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages from elsewhere."""
    for path, name in FROM_ELSEWHERE.items():
        files.append(File.generated(config, name, content=(ROOT / path).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - by name
    """Turn links between files of the repository into links between pages of the site."""
    name = page.file.src_uri
    folder = posixpath.dirname(ON_THE_SITE.get(name, f"docs/{name}"))

    def on_the_site(link: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, link["path"]))
        return link["before"] + FROM_ELSEWHERE.get(path, path.removeprefix("docs/"))

    return _LINK.sub(on_the_site, markdown)
