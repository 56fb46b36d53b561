"""What an author pastes into an assistant to get example questions for a pack."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from knowledge.model import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.model import Pack

QUESTION: Final = "question"
PASSAGES: Final = "passages"
"""The keys of an answer line."""

_WANTED: Final = """\
Write questions that people ask a bot about this controversy. The bot answers with the passages below and with nothing
else, word for word. From your questions it learns which passages answer what, and when to be silent.

Write five questions or more for each passage, and one in five that no passage answers. Mix them, as real people ask:
- complete ones, and short or vague ones of two or three words;
- ones without capitals or a question mark, with typing errors, slang or grammar of somebody who learns English;
- ones about both sides, ones that ask for one side only, and ones that doubt or accuse;
- ones that no passage answers: near the subject, but about a figure, a person, advice or news that the passages lack.
Ask about the matter in your own words: do not repeat a passage's wording, and do not mention passages or articles.
No question may come twice, nor with a word or two changed.

List every passage that a fair reader would accept as an answer to exactly what is asked. To share the subject is not
enough. If a question is about both sides, list passages of each side that answers it.

Answer with one JSON object a line and nothing else, with the ids as they stand in square brackets below. If it gets too
long, stop at the end of a line, and go on when I ask you to:
"""


def prompt_of(pack: Pack) -> Iterator[str]:
    """Yield the lines of the prompt: what is wanted, the format of the answer, and the passages."""
    yield from _WANTED.splitlines()
    first = pack.passages[0].id
    yield json.dumps({QUESTION: "…", PASSAGES: [first]}, ensure_ascii=False)
    yield json.dumps({QUESTION: "a question that no passage answers", PASSAGES: []})
    yield ""
    yield f"The controversy: {pack.title}. The motion: {pack.motion}."
    yield f"The sides: {'; '.join(side.name for side in pack.sides)}."
    yield "The passages, each with its id and whose position it is:"
    names = {side.id: side.name for side in pack.sides} | {CONTEXT: "the writer, neither side"}
    for passage in pack.passages:
        yield f"[{passage.id}] ({names[passage.voice]}) {passage.text}"
