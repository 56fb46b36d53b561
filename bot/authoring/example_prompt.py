"""What an author pastes into an assistant to get example questions or claims for a pack."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from knowledge.model import Pack

QUESTION: Final = "question"
CLAIM: Final = "claim"
SIDE: Final = "side"
PASSAGES: Final = "passages"
"""The keys of an answer line; a claim has a side, a question has none."""

_WANTED: Final = """\
Write questions that people ask a bot about this controversy. The bot answers with the passages below and with nothing
else, word for word. From your questions it learns which passages answer what, and when to be silent.

Write five questions or more for each passage, and one in five that no passage answers. Mix them, as real people ask:
- complete ones, and short or vague ones of two or three words;
- ones without capitals or a question mark, with typing errors, slang or grammar of somebody who learns English;
- ones about several sides, ones that ask for one side only, and ones that doubt or accuse;
- ones that no passage answers: near the subject, but about a figure, a person, advice or news that the passages lack.
Ask about the matter in your own words: do not repeat a passage's wording, and do not mention passages or articles.
No question may come twice, nor with a word or two changed.

List every passage that a fair reader would accept as an answer to exactly what is asked. To share the subject is not
enough. If a question is about several sides, list passages of each side that answers it.
"""
_CLAIMS_WANTED: Final = """\
Write claims that people hold against a bot in this controversy. The bot replies with the passages below and with
nothing else, word for word. From your claims it learns whose side a claim is on, and which passages of another side
reply to it.

For each passage of a side, write three claims or more that it replies to; and make one claim in five one that no
passage replies to, or that no side makes. Mix them, as real people talk: calm and angry ones, short ones without
capitals, ones with typing errors or slang, exaggerated ones, personal ones.
Use your own words: do not repeat a passage's wording, and do not mention passages or articles.
No claim may come twice, nor with a word or two changed.

Give each claim the id of the side that would make it, or "" if none would. List every passage of another side that a
fair reader would accept as a reply to exactly this claim, and none if the side is "". What the writer says is never a
reply.
"""
_FORMAT: Final = """
Answer with one JSON object a line and nothing else, with the ids as they stand in square brackets below, and an
empty list where no passage answers. If it gets too long, stop at the end of a line, and go on when I ask you to:
"""


def prompt_of(pack: Pack, *, claims: bool = False) -> Iterator[str]:
    """Yield the lines of the prompt: what is wanted, the format of the answer, and the passages."""
    yield from ((_CLAIMS_WANTED if claims else _WANTED) + _FORMAT).splitlines()
    first = next((passage for passage in pack.passages if passage.voice != CONTEXT), pack.passages[0])
    if claims:
        other = next(side.id for side in pack.sides if side.id != first.voice)
        yield _line({CLAIM: "…", SIDE: other, PASSAGES: [first.id]})
        yield _line({CLAIM: "…", SIDE: "", PASSAGES: []})
    else:
        yield _line({QUESTION: "…", PASSAGES: [first.id]})
        yield _line({QUESTION: "…", PASSAGES: []})
    yield ""
    yield f"The controversy: {pack.title}. The motion: {pack.motion}."
    yield f"The sides: {'; '.join(f'[{side.id}] {side.name}' for side in pack.sides)}."
    yield "The passages, each with its id and whose position it is:"
    names = {side.id: side.name for side in pack.sides} | {CONTEXT: "the writer, on no side"}
    for passage in pack.passages:
        yield f"[{passage.id}] ({names[passage.voice]}) {passage.text}"


def _line(answer: Mapping[str, object]) -> str:
    return json.dumps(answer, ensure_ascii=False)
