"""Every pack of the repository, a small one of three sides and one of four; and a search that needs no index."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from embeddings.hits import Findings, Hit, StanceFinding
from knowledge.model import CONTEXT
from knowledge.pack import SHIPPED, load_pack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from knowledge.model import Pack

FOLDERS: Final = {path.parent.name: path.parent for path in sorted(SHIPPED.parent.glob("*/pack.toml"))}
"""The packs that lie in the repository, by their folders."""


@dataclass(frozen=True)
class Matter:
    """What a made pack is about: what each side says, topic by topic, and what the writer of the report adds."""

    title: str
    motion: str
    topics: Mapping[str, str]
    said: Mapping[str, Mapping[str, tuple[str, ...]]]
    report: tuple[str, ...]
    statements: str = ""


POOL: Final = Matter(
    "The old swimming pool",
    "The town should keep its old swimming pool",
    {
        "money": "What does the pool cost?",
        "children": "Where do children swim?",
        "way": "How far is the pool?",
    },
    {
        "Keep": {
            "money": ("New tiles cost less than a new roof does.", "The pool has paid for its heating since last May."),
            "children": ("Every child here learnt to swim in this water.", "A class walks over in four minutes flat."),
            "way": ("The bus stops right before its gate.", "Nobody needs a car to come and swim here."),
        },
        "Sell": {
            "money": ("The town loses a small fortune on it each year.", "The land alone would pay off half the debt."),
            "children": ("Children learn just as well in the next town.", "Two schools have long moved their lessons."),
            "way": ("A bus to the next town leaves every half hour.", "Most swimmers come from elsewhere anyway."),
        },
        "Rebuild": {
            "money": ("A smaller pool would halve what heating takes.", "The state pays a third of a new building."),
            "children": ("A flat basin teaches beginners more quickly.", "In warm water, lessons can go on in winter."),
            "way": ("Beside the station it would be near for all.", "The old site floods whenever the river rises."),
        },
    },
    ("The council votes on the money in March.", "About two hundred people came to hear about the way."),
    '[[statement]]\ntexts = ["Nobody should sell our pool", "The old water is the best"]\nstance = "keep"\n'
    'best = ["sell-money-1", "rebuild-money-1"]\nacceptable = ["rebuild-children-1"]\n',
)

SQUARE: Final = Matter(
    "The market square",
    "Cars should leave the market square",
    {"trade": "Who sells more here?", "safety": "Is crossing the square safe?", "noise": "How loud is the square?"},
    {
        "Cars": {
            "trade": (
                "Shops live on people who park at their doors.",
                "Without parking, the baker would close.",
            ),
            "safety": ("Nobody was hurt on this square in nine years.", "Drivers go at a walking pace here already."),
            "noise": ("New cars are quieter than the market criers.", "At night hardly one car comes by in an hour."),
        },
        "Market": {
            "trade": ("On market days every shop sells twice as much.", "Farmers would come daily if there were room."),
            "safety": ("Among stalls a child can run about freely.", "Carts stand so close that nobody can hurry."),
            "noise": ("A market sounds like life and ends at noon.", "Criers have been loud here for six centuries."),
        },
        "Trees": {
            "trade": (
                "People who sit in the shade stay and buy more.",
                "Cafés in the green street need more tables.",
            ),
            "safety": ("Where trunks stand, nobody drives at speed.", "Lights in the branches would brighten the way."),
            "noise": (
                "Leaves swallow a good part of any street noise.",
                "Birds are the only ones that get louder.",
            ),
        },
        "Buses": {
            "trade": (
                "A full bus brings fifty buyers at one time.",
                "A stop on the square has helped every shop.",
            ),
            "safety": ("One bus is easier to look out for than fifty cars.", "Low floors let old people board safely."),
            "noise": ("Electric buses are heard only by their bell.", "A bus an hour is quieter than any car park."),
        },
    },
    ("The square was paved in the year of the flood, for trade.", "A count in May found it louder than the station."),
)


def written(folder: Path, matter: Matter) -> Path:
    """Write a pack: an article for each side, by its speaker, and a report; give its folder."""
    (folder / "articles").mkdir(parents=True)
    head, marks = [f'id = "{folder.name}"\ntitle = "{matter.title}"\nmotion = "{matter.motion}"\n'], []
    colours = ("#0B5CAD", "#B34700", "#00694F", "#7A3E8E")
    for (name, topics), emoji, colour in zip(matter.said.items(), "🔵🟠🟢🟣", colours, strict=False):
        side = name.lower()
        head.append(
            f'[[side]]\nid = "{side}"\nname = "{name} it"\nshort_name = "{name}"\nemoji = "{emoji}"\n'
            f'colour = "{colour}"\naliases = ["{name} it", "{side} people"]\n'
        )
        said = {topic: " ".join(sentences) for topic, sentences in topics.items()}
        head.append(_article(folder, side, f"Why we say {side}", f"Ann {name}", said.values()))
        marks += [
            _mark(f"{side}-{topic}-{at}", side, text, side, f"Ann {name}", topic)
            for topic, sentences in topics.items()
            for at, text in enumerate(sentences, start=1)
        ]
    head.append(_article(folder, "report", "What was said", "Bo Quill", matter.report))
    marks += [
        _mark(f"report-{at}", "report", text, CONTEXT, None, next(topic for topic in matter.topics if topic in text))
        for at, text in enumerate(matter.report, start=1)
        if any(topic in text for topic in matter.topics)
    ]
    head += [
        f'[[topic]]\nid = "{topic}"\nname = "{topic.title()}"\nquestion = "{question}"\n'
        for topic, question in matter.topics.items()
    ]
    (folder / "pack.toml").write_text("\n".join(head), encoding="utf-8")
    (folder / "passages.toml").write_text("\n".join(marks), encoding="utf-8")
    if matter.statements:
        (folder / "statements.toml").write_text(matter.statements, encoding="utf-8")
    return folder


def _article(folder: Path, name: str, title: str, author: str, paragraphs: Sequence[str] | object) -> str:
    text = "\n\n".join((title, *paragraphs))  # type: ignore[misc] # any texts
    (folder / "articles" / f"{name}.txt").write_text(text, encoding="utf-8", newline="")
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return (
        f'[[article]]\nid = "{name}"\nfile = "articles/{name}.txt"\nsha256 = "{sha256}"\ntitle = "{title}"\n'
        f'author = "{author}"\n'
    )


def _mark(identity: str, article: str, text: str, voice: str, speaker: str | None, topic: str) -> str:
    mode = "direct" if speaker else "narrated"
    by = f'speaker = "{speaker}"\n' if speaker else ""
    return (
        f'[[passage]]\nid = "{identity}"\narticle = "{article}"\ntext = "{text}"\nvoice = "{voice}"\nmode = "{mode}"\n'
        f'{by}topics = ["{topic}"]\n'
    )


_WORD: Final = re.compile(r"\w{3,}")


@dataclass(frozen=True)
class WordSearch:
    """A search by common words, with the methods of `Retriever`: each side answers, and each replies to the others."""

    pack: Pack
    moves: Mapping[str, str] = field(default_factory=dict)

    def find(self, question: str) -> Findings:
        """Give every voice's passages, those first that share most words or are on the topic of the question."""
        topics = self.topics_in(question)
        words = set(_WORD.findall(question.lower()))
        hits = {voice: self._ranked(voice, words, topics) for voice in (*self.pack.side_ids, CONTEXT)}
        return Findings(question, hits, dict.fromkeys(hits, 0.5))

    def stance(self, claim: str) -> StanceFinding:
        """Judge a claim as `stance_of` does."""
        return self.stance_of(self.find(claim))

    def stance_of(self, found: Findings) -> StanceFinding:
        """Take a claim for that of the side that it names first by an alias; every other side replies."""
        named = [
            side.id for side in self.pack.sides if any(each.lower() in found.question.lower() for each in side.aliases)
        ]
        own = named[0] if named else None
        replies = {side: found.hits[side] for side in self.pack.side_ids if side != own}
        return StanceFinding(found, own, self.sides_of(found), replies, dict(found.thresholds))

    def lean(self, found: Findings, _after: str | None) -> dict[str, float]:
        """Read every turn as a question."""
        return {"question": 1.0} if found.question else {}

    def topics_in(self, text: str) -> tuple[str, ...]:
        """Name the topic whose question or name the text is."""
        return tuple(topic.id for topic in self.pack.topics if text in {topic.question, topic.name})

    def rejoinders(self, found: Findings) -> Findings:
        """Have no replies of its own: what each side says on the matter takes their place."""
        return Findings(found.question, {}, {})

    def move(self, found: Findings) -> dict[str, float]:
        """Read the moves that were given."""
        return {self.moves[found.question]: 1.0} if found.question in self.moves else {}

    def sides_of(self, _found: Findings) -> dict[str, float]:
        """Know of no claim whose it is."""
        return dict.fromkeys(self.pack.side_ids, 0.0)

    def _ranked(self, voice: str, words: set[str], topics: Sequence[str]) -> tuple[Hit, ...]:
        found = []
        for passage in self.pack.of_voice(voice):
            on_it = 0.8 * bool(set(topics) & set(passage.topics))
            shared = len(words & set(_WORD.findall(passage.text.lower()))) / 20
            found.append(Hit(passage.id, voice, 0.0, 0.0, on_it + shared, min(0.99, on_it + shared)))
        return tuple(sorted(found, key=lambda hit: (-hit.confidence, hit.passage_id)))


def loaded(name: str, folder: Path) -> Pack:
    """Give a pack by name: one of the repository, or "pool" and "square", which are written into a folder."""
    if name in FOLDERS:
        return load_pack(FOLDERS[name])
    return load_pack(written(folder / name, {"pool": POOL, "square": SQUARE}[name]))


NAMES: Final = (*FOLDERS, "pool", "square")

SHIPPED_STAYS = (
    "a pack that comes with the program stays as it is: name one of your own, or make a copy of it, as in "
    "`dilemma teach --to my-pack`"
)
"""What is said to whoever would change one that comes with the program."""
