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


def test_topics_are_nouns_and_no_adjectives_participles_or_times() -> None:
    found = dict(topics_of(TEXTS, ["a", "b"] * 4, ["dogs"]))
    assert found["Lower path"] == [0, 1, 2]
    assert found["Fences"] == [3, 4, 5]
    assert not {"Whether", "Lower", "Shared", "Asked", "Mornings"} & found.keys()
    assert found[REST] == [6, 7]
