from __future__ import annotations

from bot.answer.rules.activity import Activity
from bot.review.rules.figures import figures_of
from bot.values.passage import PassageRef
from tests.quote.rules.findings import pack

ref = PassageRef.of


def test_topics_are_those_of_the_first_quotes() -> None:
    """Each passage counts for all its topics, the most asked topic first; one that is gone counts for none."""
    everything, selling = pack().passage("everything-tracked"), pack().passage("no-selling-information")
    found = Activity(
        9, 2, {ref(everything.id): 3, ref(selling.id): 4, ref("gone-since"): 5, PassageRef("pets", selling.id): 6}, 1, 0
    )
    figures = figures_of((pack(),), found, 30)
    counts = {topic.id: count for topic, count in figures.topics}
    expected = {
        topic.id: 3 * (topic.id in everything.topics) + 4 * (topic.id in selling.topics) for topic in pack().topics
    }
    assert counts == {topic: count for topic, count in expected.items() if count}
    assert [count for _, count in figures.topics] == sorted(counts.values(), reverse=True)
    assert (figures.asked, figures.answered, figures.unanswered, figures.votes) == (9, 7, 2, 1)


def test_equal_topics_stand_in_the_order_of_the_pack() -> None:
    """The same figures look the same every time."""
    passages = {ref(passage.id): 1 for passage in pack().passages}
    order = [topic.id for topic in pack().topics]
    figures = figures_of((pack(),), Activity(1, 0, passages, 0, 0), 7)
    ranks = [(-count, order.index(topic.id)) for topic, count in figures.topics]
    assert ranks == sorted(ranks)
