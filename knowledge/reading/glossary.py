"""Reading glossary.toml, if there is one: what hard words of the passages mean, said for teenagers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from knowledge.model import Term
from knowledge.reading.nearest import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from knowledge.model import Passage
    from knowledge.reading.tables import Folder, Table

FILE: Final = "glossary.toml"


def terms_in(glossary: Sequence[Term], texts: Iterable[str]) -> tuple[Term, ...]:
    """Return the terms with a form in one of the texts, in alphabetical order; "ad library" is no "ad"."""
    of_form = {form.casefold(): term for term in glossary for form in term.forms}
    if not of_form:
        return ()
    pattern = _any_of(of_form)
    used = {of_form[_spaced(found[0])].term for text in texts for found in pattern.finditer(text)}
    return tuple(sorted((term for term in glossary if term.term in used), key=lambda term: term.term.casefold()))


def read_pack_glossary(folder: Folder, passages: Sequence[Passage]) -> tuple[Term, ...]:
    """Return a pack's glossary, which stays out of the folder's hash."""
    root = folder.toml(FILE, optional=True, hashed=False)
    if root is None:
        return ()
    root.expect(("word",))
    tables = root.tables("word")
    glossary = tuple(_read_term(table) for table in tables)
    _check_distinct(tables, glossary)
    if passages:  # where none could be read there is nothing to compare with
        _check_used(tables, glossary, [passage.text for passage in passages])
    return glossary


def _read_term(table: Table) -> Term:
    table.expect(("term", "means", "forms"))
    return Term(table.text("term"), table.text("means"), table.texts("forms", least=1))


def _check_distinct(tables: Sequence[Table], glossary: Sequence[Term]) -> None:
    """Complain of a word, or a form of one, that is explained twice."""
    explained: dict[str, Table] = {}
    for table, term in zip(tables, glossary, strict=True):
        for form in dict.fromkeys(form.casefold() for form in (term.term, *term.forms) if form):
            if form in explained:
                table.complain(f"{quoted(form)} is already explained on line {explained[form].line}")
            explained.setdefault(form, table)


def _check_used(tables: Sequence[Table], glossary: Sequence[Term], texts: Sequence[str]) -> None:
    forms = {form.casefold() for term in glossary for form in term.forms}
    if not forms:
        return
    pattern = _any_of(forms)
    used = {_spaced(found[0]) for text in texts for found in pattern.finditer(text)}
    for table, term in zip(tables, glossary, strict=True):
        for form in term.forms:
            if form.casefold() not in used:
                table.complain(f"no passage has the word {quoted(form)}; remove the form", "forms", form)


def _any_of(forms: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of any of the forms as whole words, longer ones first."""
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    listed = "|".join(r"\s+".join(map(re.escape, form.split())) for form in ordered)
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE)


def _spaced(found: str) -> str:
    return " ".join(found.casefold().split())
