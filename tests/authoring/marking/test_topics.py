"""Names of topics: nouns that the texts have, in two words where they mostly stand so."""

from __future__ import annotations

from bot.authoring.marking.topics import REST, topics_of

TEXTS = (
    "People argue about whether dogs belong on the lower path.",
    "Nobody knows whether the lower path is closed to them.",
    "They stopped using the lower path because of its shared lanes.",
    "Every shared lane in the town was asked about fences.",
    "The mayor asked for a fence around the playground.",
    "A fence costs less than the nurse who was asked.",
    "In the mornings it is quiet here. Give us the mornings.",
    "The council was asked for more bins.",
)

WEATHER = ("cold", "warm", "wet", "dry", "hot", "grey")


def test_topics_are_nouns_and_no_adjectives_participles_or_times() -> None:
    found = dict(topics_of(TEXTS, ["a", "b"] * 4, ["dogs"]))
    assert found["Lower path"] == [0, 1, 2]
    assert found["Fences"] == [3, 4, 5]
    assert not {"Whether", "Lower", "Shared", "Asked", "Mornings"} & found.keys()
    assert found[REST] == [6, 7]


def test_what_any_debate_has_is_no_topic_by_itself() -> None:
    """Rules, meetings and units say nothing of what it is about; two words do."""
    rules = ("A rule is old.", "The rules of the meeting hold.", "At the meeting the rules were read.")
    units = ("It takes a minute.", "Every minute counts for a nurse.")
    doors = ("The door rules are new.", "We wrote the door rules.", *(f"It is {word} today." for word in WEATHER))
    assert [name for name, _ in topics_of(rules + units, ["a"] * 5, [])] == [REST]
    assert [name for name, _ in topics_of(doors, ["a"] * 8, [])] == ["Door rules", REST]
