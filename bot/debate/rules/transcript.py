"""The transcript of a debate, made from its events alone: one object, and its files in Markdown, HTML, CSV and JSON.

Names and texts are on one line each, free of control characters, and active in no file. Ballots are sums, and only once
no vote can change. The same events always give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.debate.rules import events
from bot.debate.rules.state import Debate, evolve
from bot.quote.rules.cite.prose import check_quoted
from bot.quote.rules.cite.verdict import verdict_on
from bot.values.ballot import Round, net_swing, shares, warnings
from bot.values.moments import SECOND_MS, iso_utc
from bot.values.separated import PLAIN, Separators, table
from bot.values.text import harmless, plain
from knowledge.durations import in_minutes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bot.values.ballot import Counts, Outcome
    from knowledge.formats import Phase
    from knowledge.model import Pack

UNDECIDED: Final = "undecided"

CSV_COLUMNS: Final = (
    "at_utc", "phase", "kind", "number", "person", "side", "text",
    "quote_side", "quote", "passage", "article", "title", "author", "paragraph", "start", "end",
)  # fmt: skip

_SAFE_JSON: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&@"}
"""Characters that a page or a chat may act on, as JSON escapes."""

TABLE: Final = "csv"

_CLOCK: Final = "the clock"
"""Who did what nobody did."""

_BELLS: Final = {"half": "Half time", "minute": "One minute left", "time": "Time"}

Parts = dict[str, Any]
"""A JSON object."""


def transcript_of(history: Sequence[events.Event], pack: Pack | None = None, *, anonymous: bool = False) -> Parts:
    """Return a debate as one object; equal events give equal objects.

    With a `pack` it says of the quotations in each point what they are.

    When `anonymous`, people are called P1, P2, … in the order they first acted; their texts stay. Raises ValueError for
    events that are no debate.
    """
    scribe = _Scribe(_names(history, anonymous=anonymous), pack)
    state: Debate | None = None
    for event in history:
        if state is not None:
            scribe.note(state, event)
        state = evolve(state, event)
    if state is None:
        raise ValueError("there are no events")
    return scribe.written(history, state, anonymous=anonymous)


def _names(history: Sequence[events.Event], *, anonymous: bool) -> dict[str, str]:
    """Return everybody's latest name, with a code where several people share it."""
    named: dict[str, str] = {}
    for event in history:
        if isinstance(event, events.Met):
            named[event.person] = harmless(event.name)
    codes = {person: f"P{number}" for number, person in enumerate(named, start=1)}
    if anonymous:
        return codes
    shown = list(named.values())
    return {
        person: f"{name} ({codes[person]})" if shown.count(name) > 1 or not name else name
        for person, name in named.items()
    }


class _Scribe:
    """The phases and acts of a debate, written event by event."""

    def __init__(self, names: Mapping[str, str], pack: Pack | None) -> None:
        self._names = names
        self._pack = pack
        self._phases: list[Parts] = []
        self._audit: list[Parts] = []

    def note(self, state: Debate, event: events.Event) -> None:
        """Write an event; `state` is the debate before it."""
        if isinstance(event, events.PhaseBegun | events.Ended) and self._phases:
            self._phases[-1]["ended_utc"] = iso_utc(event.at_ms)
            self._phases[-1]["lasted_s"] = state.elapsed_at(event.at_ms) // SECOND_MS
        if isinstance(event, events.PhaseBegun) and event.phase < len(state.format.phases):
            self._phases.append(_phase(state, event, state.format.phases[event.phase]))
        if isinstance(event, events.Extended) and self._phases:
            self._phases[-1]["extended_min"] += event.minutes
        if act := self._act(state, event):
            self._audit.append(act)
        if self._phases and (entry := self._entry(state, event)):
            self._phases[-1]["entries"].append({"at_utc": iso_utc(event.at_ms), **entry})

    def written(self, history: Sequence[events.Event], state: Debate, *, anonymous: bool) -> Parts:
        """Return the whole transcript."""
        first, last, seats = history[0], history[-1], list(state.seats.values())
        opened = (
            [_audited(first, self._names.get(first.actor, "?"), "started")] if isinstance(first, events.Started) else []
        )
        return {
            "motion": harmless(state.motion),
            "format": {"id": state.format.id, "name": harmless(state.format.name), "minutes": state.format.minutes},
            "sides": [{"id": side.id, "name": harmless(side.name)} for side in state.sides],
            "anonymous": anonymous,
            "begun_utc": iso_utc(first.at_ms),
            "ended_utc": iso_utc(last.at_ms) if state.ended else None,
            "people": {
                "on_sides": {side: seats.count(side) for side in state.side_ids},
                "watching": seats.count(None),
            },
            "ballots": {held.value: _ballot(state, held, totals) for held, totals in _totals(state.outcome).items()},
            "result": _result(state),
            "phases": self._phases,
            "audit": opened + self._audit,
        }

    def _act(self, state: Debate, event: events.Event) -> Parts | None:
        match event:
            case events.PhaseBegun(phase=place) if place < len(state.format.phases):
                act = f"began {harmless(state.format.phases[place].name)}"
            case events.Extended():
                act = f"extended by {in_minutes(event.minutes)} min"
            case events.GoingOn():
                act = "let it go on by itself" if event.by_itself else "stopped it from going on by itself"
            case events.Called():
                act = f"called {self._names.get(event.person, '?')}"
            case events.Paused() | events.Resumed() | events.Ended():
                act = {events.Paused: "paused", events.Resumed: "resumed", events.Ended: "ended"}[type(event)]
            case _:
                return None
        return _audited(event, self._names.get(event.actor, "?") if event.actor else _CLOCK, act)

    def _entry(self, state: Debate, event: events.Event) -> Parts | None:
        entry: Parts | None = None
        match event:
            case events.PointMade():
                said = {"number": event.number, "side": _side(state, event.side), "text": harmless(event.text)}
                quotations = [] if self._pack is None else _quotations(self._pack, event.text)
                entry = {"kind": "point", **self._by(event.person), **said, "quotations": quotations}
                entry["evidence"] = [_evidence(state, found) for found in event.evidence]
            case events.EvidenceShown():
                entry = {"kind": "evidence", **self._by(event.person), "text": harmless(event.query)}
                entry["evidence"] = [_evidence(state, event.evidence)]
            case events.HandRaised() | events.HandWithdrawn() | events.Called():
                kind = {
                    events.HandRaised: "hand raised",
                    events.HandWithdrawn: "hand withdrawn",
                    events.Called: "called",
                }[type(event)]
                side = _side(state, state.seats.get(event.person))
                entry = {"kind": kind, **self._by(event.person), "side": side}
            case events.BellRung():
                entry = {"kind": "bell", "bell": event.bell.value, "late_s": event.late_ms // SECOND_MS}
            case events.Paused() | events.Resumed():
                entry = {"kind": "paused" if isinstance(event, events.Paused) else "resumed"}
            case events.Extended():
                entry = {"kind": "extended", "minutes": event.minutes}
            case events.PreparationBegun() | events.PreparationOver():
                kind = "preparation begun" if isinstance(event, events.PreparationBegun) else "preparation over"
                by = self._by(event.person) if event.person else {"person": _CLOCK}
                left_s = evolve(state, event).left_to_prepare(event.side) // SECOND_MS
                entry = {"kind": kind, **by, "side": _side(state, event.side), "left_s": left_s}
            case events.ClockSetBack():
                entry = {"kind": "clock set back", "by_s": event.by_ms // SECOND_MS}
        return entry

    def _by(self, person: str) -> Parts:
        return {"person": self._names.get(person, "?")}


def _phase(state: Debate, event: events.PhaseBegun, phase: Phase) -> Parts:
    return {
        "id": phase.id,
        "name": harmless(phase.name),
        "speaks": [harmless(side.name) for side in state.speaking(phase)],
        "minutes": phase.minutes,
        "extended_min": 0,
        "begun_utc": iso_utc(event.at_ms),
        "ended_utc": None,
        "lasted_s": None,
        "entries": [],
    }


def _audited(event: events.Event, moderator: str, act: str) -> Parts:
    return {"at_utc": iso_utc(event.at_ms), "moderator": moderator, "act": act}


def _side(state: Debate, side: str | None) -> str | None:
    """Return a side's name; None for a watcher."""
    return next((harmless(known.name) for known in state.sides if known.id == side), None)


def _evidence(state: Debate, evidence: events.Evidence) -> Parts:
    """Return a side's quote; its text stays exactly the article's."""
    quote = evidence.quote
    written = None if quote is None else {name: getattr(quote, name) for name in quote.__dataclass_fields__}
    return {"side": _side(state, evidence.side) or harmless(evidence.side), "quote": written}


def _quotations(pack: Pack, text: str) -> list[Parts]:
    """Return what is to be said of the words that a point has in quotation marks."""
    return [
        {
            "text": harmless(checked.text),
            "verdict": str(verdict_on(pack, checked)),
            "careful": list(map(str, checked.careful)),
            "sentence": checked.sentence,
        }
        for checked in check_quoted(pack, text)
    ]


def _named_counts(state: Debate, counts: Sequence[float]) -> Parts:
    return dict(zip((*state.side_ids, UNDECIDED), counts, strict=True))


def _totals(outcome: Outcome | None) -> dict[Round, Counts | None]:
    """Return the votes of each ballot; None while a vote can change, and for fewer people than may be told of."""
    before, after = (None, None) if outcome is None else (outcome.all_before, outcome.all_after)
    return {Round.BEFORE: before, Round.AFTER: after}


def _ballot(state: Debate, held: Round, totals: Counts | None) -> Parts:
    """Return how many voted, and for what where that is told."""
    return {
        "voted": len(state.voted[held]),
        "counts": None if totals is None else _named_counts(state, totals),
    }


def _result(state: Debate) -> Parts | None:
    """Return the paired ballots; shares (%) and swings (points) to one decimal.

    These are None where nobody voted twice, and with the matrix where too few did; a warning says so.
    """
    if (outcome := state.outcome) is None:
        return None
    names = {side.id: harmless(side.name) for side in state.sides}
    matrix, compared = outcome.matrix, outcome.compared is not None

    def percent(counts: Counts) -> Parts:
        return _named_counts(state, [round(share, 1) for share in shares(counts)])

    return {
        "paired": outcome.paired,
        "voted_once": outcome.voted_once,
        "rows_before_columns_after": [*state.side_ids, UNDECIDED],
        "matrix": None if matrix is None else [list(row) for row in matrix],
        "shares_before": percent(outcome.before) if compared else None,
        "shares_after": percent(outcome.after) if compared else None,
        "swing": {side: round(net_swing(outcome, side), 1) for side in outcome.sides} if compared else None,
        "winner": None if outcome.winner is None else names[outcome.winner],
        "warnings": list(warnings(outcome, names)),
    }


def file_of(
    history: Sequence[events.Event], pack: Pack, form: str, separators: Separators, *, anonymous: bool
) -> tuple[str, str, bytes]:
    """Return the name of a debate's transcript as a file, the motion, and the file's bytes; `form` is one of FORMS."""
    transcript = transcript_of(history, pack, anonymous=anonymous)
    begun = str(transcript["begun_utc"])[: len("2026-01-01")]
    # Spreadsheets know a table to be UTF-8 only by its byte order mark.
    content = in_form(transcript, form, separators).encode("utf-8-sig" if form == TABLE else "utf-8")
    return f"debate-{begun}.{form}", transcript["motion"], content


def in_form(transcript: Parts, form: str, separators: Separators) -> str:
    """Return a transcript in a form of FORMS; a table has the signs that a person's spreadsheet expects."""
    return as_csv(transcript, separators) if form == TABLE else FORMS[form](transcript)


def as_json(transcript: Parts) -> str:
    """Return the object itself; a page that shows it finds no tag and no mention in it."""
    return json.dumps(transcript, ensure_ascii=False, indent=2).translate(_SAFE_JSON) + "\n"


def as_csv(transcript: Parts, separators: Separators = PLAIN) -> str:
    """Return one table in which no cell is a formula.

    Each row has a kind; a point has a row for each of its quotes, and one for each quotation in it.
    """
    rows = ([row.get(column) for column in CSV_COLUMNS] for row in _rows(transcript))
    return table((CSV_COLUMNS, *rows), separators)


def as_markdown(transcript: Parts) -> str:
    """Return Markdown for reading; texts that people wrote make no markup."""
    return _templates(html=False).get_template("transcript.md.j2").render(_view(transcript))


def as_html(transcript: Parts) -> str:
    """Return one page that loads nothing, and is allowed nothing but its own style."""
    templates = _templates(html=True)
    style = templates.get_template("transcript.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = templates.get_template("transcript.html.j2")
    # The style is ours; anything else in it would fail its hash.
    return page.render(_view(transcript), style=Markup(style), style_sha256=digest)  # noqa: S704 - see above


@cache
def _templates(*, html: bool) -> Environment:
    """Return the templates: every value is escaped, as HTML or as Markdown."""
    return Environment(
        loader=PackageLoader("bot.debate.rules"),
        autoescape=html,  # noqa: S701 - Markdown has an escape of its own, `finalize`
        finalize=None if html else _in_markdown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _in_markdown(value: Any) -> Any:  # noqa: ANN401 - templates show anything
    """Escape a text, unless the template marks it as our own with `|safe`."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _view(transcript: Parts) -> Parts:
    """Return the values of the templates."""
    names = {side["id"]: side["name"] for side in transcript["sides"]} | {"undecided": "Undecided"}
    return {"debate": transcript, "names": names, "says": says, "when": when, "minutes": in_minutes}


def when(at_utc: str | None) -> str:
    """Return a moment for reading; None is now."""
    return "now" if at_utc is None else f"{at_utc[:10]} {at_utc[11:19]} UTC"


def says(entry: Parts) -> str:
    """Return the line for an entry that has no text of its own."""
    match entry["kind"]:
        case "bell":
            late = f", {entry['late_s']} s late" if entry["late_s"] else ""
            return f"{_BELLS[entry['bell']]}{late}"
        case "extended":
            return f"Extended by {in_minutes(entry['minutes'])} min"
        case "preparation begun" | "preparation over" as kind:
            left = in_minutes(entry["left_s"] / 60)
            return f"{kind.capitalize()}: {entry['side']}, {left} min left ({entry['person']})"
        case "clock set back":
            return f"The clock was set back by {entry['by_s']} s"
        case "paused" | "resumed":
            return str(entry["kind"]).capitalize()
        case kind:
            side = f" ({entry['side']})" if entry["side"] else ""
            return f"{str(kind).capitalize()}: {entry['person']}{side}"


def _rows(transcript: Parts) -> Iterator[Parts]:
    begun = transcript["begun_utc"]
    yield {"at_utc": begun, "kind": "motion", "text": transcript["motion"]}
    yield {"at_utc": begun, "kind": "format", "text": transcript["format"]["name"]}
    for phase in transcript["phases"]:
        yield {"at_utc": phase["begun_utc"], "phase": phase["name"], "kind": "phase", "number": phase["minutes"]}
        for entry in phase["entries"]:
            yield from _entry_rows(phase["name"], entry)
    for held, ballot in transcript["ballots"].items():
        yield {"kind": f"voted {held}", "number": ballot["voted"]}
        for choice, number in (ballot["counts"] or {}).items():
            yield {"kind": f"ballot {held}", "side": choice, "number": number}
    yield from _result_rows(transcript["result"])
    for act in transcript["audit"]:
        yield {"at_utc": act["at_utc"], "kind": "audit", "person": act["moderator"], "text": act["act"]}


def _entry_rows(phase: str, entry: Parts) -> Iterator[Parts]:
    said = {"phase": phase, **entry}
    if entry["kind"] not in {"point", "evidence"}:
        yield {**said, "text": says(entry)}
        return
    for evidence in entry["evidence"] or [{"side": None, "quote": None}]:
        quote = evidence["quote"] or {}
        place = {column: quote.get(column) for column in CSV_COLUMNS[-7:]}
        yield {**said, "quote_side": evidence["side"], "quote": quote.get("text"), **place}
    for quotation in entry.get("quotations", ()):
        text = " ".join((f"“{quotation['text']}”:", quotation["verdict"], *quotation["careful"]))
        yield {**said, "kind": "quotation", "text": text, "quote": quotation["sentence"]}


def _result_rows(result: Parts | None) -> Iterator[Parts]:
    if result is None:
        return
    yield {"kind": "voted both times", "number": result["paired"]}
    yield {"kind": "voted once", "number": result["voted_once"]}
    choices = result["rows_before_columns_after"]
    for before, row in zip(choices, result["matrix"] or ((),) * len(choices), strict=True):
        for after, number in zip(choices, row, strict=bool(row)):
            yield {"kind": "switched", "side": f"{before} to {after}", "number": number}
    for side, points in (result["swing"] or {}).items():
        yield {"kind": "swing", "side": side, "number": points}
    yield {"kind": "winner", "side": result["winner"]}
    for warning in result["warnings"]:
        yield {"kind": "warning", "text": warning}


FORMS: Final[Mapping[str, Callable[[Parts], str]]] = {
    "md": as_markdown,
    "html": as_html,
    TABLE: as_csv,
    "json": as_json,
}
"""The writer for each file suffix."""
