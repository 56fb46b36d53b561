"""What people do in debates on Discord's wire: join, vote, make points, raise hands, ask for evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.values.ballot import Round
from tests.discord.debating import texts
from tests.discord.loopback import Kind
from tests.discord.loopback.endpoints import CALLBACK
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from tests.discord.debating import Debating


async def test_people_join_and_change_sides(club: Debating) -> None:
    """Each is told so alone; the panel counts."""
    thread = await club.started()
    panel = await club.panel(thread)
    anna, bert, carl = club.hall.people
    said = await club.pressed(anna, panel, "Join the film")
    assert said.is_ephemeral
    assert said.text == "You are on the side of the film."
    await club.pressed(bert, panel, "Join Facebook")
    assert (await club.pressed(carl, panel, "Watch")).text == "You are watching."
    await club.shows(thread, "**Joined:** The film 1 · Facebook 1 · watching 1")
    await club.pressed(anna, panel, "Join Facebook")
    await club.shows(thread, "**Joined:** The film 0 · Facebook 2 · watching 1")
    assert len(texts(club.hall.loopback, thread)) == 1


async def test_a_vote_is_secret_and_can_be_changed_until_the_ballot_closes(club: Debating) -> None:
    """Its own choice is shown to whoever voted, its number to all."""
    thread = await club.started()
    panel = await club.panel(thread)
    anna, bert, _ = club.hall.people
    ballot = await club.pressed(anna, panel, "Vote")
    assert ballot.is_ephemeral
    assert "You have not voted yet." in ballot.text
    assert "Your vote: **The film**" in (await club.pressed(anna, ballot, "The film")).text
    assert "Your vote: **undecided**" in (await club.pressed(anna, ballot, "Undecided")).text
    await club.pressed(bert, await club.pressed(bert, await club.told(thread, "Phase 1"), "Vote"), "Facebook")
    await club.shows(thread, "Before the debate, 2 people voted")
    await club.went_to(thread, "opening-first")
    late = await club.hall.loopback.press(anna, ballot, "Facebook")
    told = await club.hall.loopback.followup(late)
    assert told.text == "Opening, first side: the ballot before the debate is not open now."
    refused = await club.hall.loopback.press_custom_id(anna, panel, panel.button("Vote")["custom_id"])
    assert (await club.hall.loopback.answer(refused)).text == "No ballot is open now."
    assert len(club.held.state.voted[Round.BEFORE]) == 2


async def test_a_point_is_posted_with_the_quotes_for_and_against_it(club: Debating) -> None:
    """Under its speaker's name and side, with its number."""
    thread = await club.started()
    panel = await club.panel(thread)
    anna = club.hall.people[0]
    await club.pressed(anna, panel, "Join the film")
    await club.went_to(thread, "opening-first")
    phase = await club.told(thread, "Phase 2 of 10")
    said = await club.filled(anna, phase, "Make a point", {"Your point": "They sell *data* <@1>\n@everyone"})
    assert said.is_ephemeral
    assert said.text == "Your point is made."
    point = await club.told(thread, "Point 1")
    assert point.content.startswith("**Point 1: Member 1 (The film)**\n\n> They sell \\*data\\* @… @\u200beveryone")
    everything, selling = (pack().passage(name).text for name in ("everything-tracked", "no-selling-information"))
    assert f"**For it · The film**: “{everything}”" in point.content
    assert f"**Against it · Facebook**: “{selling}”" in point.content
    await club.shows(thread, "1 point was made")


async def test_what_a_point_quotes_is_said_below_it(club: Debating) -> None:
    """Here words that somebody else said than the speaker claims."""
    thread = await club.started()
    anna = club.hall.people[0]
    await club.pressed(anna, await club.panel(thread), "Join the film")
    await club.went_to(thread, "opening-first")
    quotation = pack().passage("no-selling-information").text
    await club.filled(anna, await club.panel(thread), "Make a point", {"Your point": f"The film says: “{quotation}”"})
    point = await club.told(thread, "Point 1")
    assert f"“{quotation}”: Wrong speaker: Facebook said this, not the film." in point.content


async def test_a_point_without_a_quote_says_that_there_is_none(club: Debating) -> None:
    """For each side."""
    thread = await club.started()
    bert = club.hall.people[1]
    await club.pressed(bert, await club.panel(thread), "Join Facebook")
    await club.went_to(thread, "opening-second")
    await club.filled(bert, await club.panel(thread), "Make a point", {"Your point": "Bananas"})
    point = await club.told(thread, "Point 1")
    assert point.content.count("the articles have no quote on this.") == 2


async def test_who_may_not_speak_is_told_before_writing_anything(club: Debating) -> None:
    """No form is shown."""
    thread = await club.started()
    anna, bert, carl = club.hall.people
    panel = await club.panel(thread)
    await club.pressed(anna, panel, "Join the film")
    await club.pressed(bert, panel, "Join Facebook")
    pressed = await club.hall.loopback.press_custom_id(anna, panel, panel.button("Make a point")["custom_id"])
    assert (await club.hall.loopback.answer(pressed)).text == "Vote before the debate: points cannot be made now."
    await club.went_to(thread, "opening-first")
    for person, why in ((bert, "only The film may make points now"), (carl, "You need to join a side")):
        refused = await club.pressed(person, await club.panel(thread), "Make a point")
        assert refused.is_ephemeral
        assert why in refused.text


async def test_a_point_that_comes_too_late_is_given_back(club: Debating) -> None:
    """Whoever wrote it need not write it again."""
    thread = await club.started()
    anna = club.hall.people[0]
    await club.pressed(anna, await club.panel(thread), "Join the film")
    await club.went_to(thread, "opening-first")
    panel = await club.panel(thread)
    await club.ready(panel, "Make a point")
    form = await club.hall.loopback.press(anna, panel, "Make a point")
    await club.hall.loopback.acknowledged(form)
    await club.went_to(thread, "opening-second")
    sent = await club.hall.loopback.submit(form, {"Your point": "My ```long``` thought"})
    given = (await club.hall.loopback.answer(sent)).message
    assert given.is_ephemeral
    assert given.text.splitlines()[1:] == ["You wrote:", "```", "My ` ` `long` ` ` thought", "```"]
    assert "only Facebook may make points now" in given.text
    assert club.held.state.points == 0


async def test_hands_are_raised_and_called_in_turn(club: Debating) -> None:
    """In the order of the presses, though one is acknowledged late; who is called makes a point, though on no side."""
    thread = await club.started()
    anna, bert, carl = club.hall.people
    panel = await club.panel(thread)
    await club.pressed(anna, panel, "Join the film")
    await club.went_to(thread, "floor")
    await club.shows(thread, "No hands are raised.")
    leading = await club.pressed(club.hall.chief, panel, "Moderator")
    phase = await club.told(thread, "Phase 6 of 10")
    held = club.hall.loopback.faults.hold(CALLBACK, times=1)
    first = await club.hall.loopback.press(anna, phase, "Raise hand")
    await held.arrived.wait()
    for person in (bert, carl):
        await club.pressed(person, phase, "Raise hand")
    held.release()
    assert (await club.hall.loopback.answer(first)).text == "Your hand is raised."
    assert (await club.pressed(bert, phase, "Lower hand")).text == "Your hand is down."
    await club.shows(thread, "**Hands:** \n1. Member 1 (The film)\n2. Member 3")
    # The moderator had their buttons before anybody raised a hand: one press is enough.
    leading = await club.pressed(club.hall.chief, leading, "Call next")
    assert leading.text.startswith("Done: the next speaker has the floor.")
    leading = await club.pressed(club.hall.chief, leading, "Call next")
    await club.told(thread, "🎤 **Member 3** has the floor.")
    await club.shows(thread, "**Has the floor:** Member 3")
    assert (await club.pressed(club.hall.chief, leading, "Call next")).text.startswith("No hands are raised.")
    assert (await club.pressed(carl, phase, "Raise hand")).text == "You have the floor."
    await club.filled(carl, phase, "Make a point", {"Your point": "Why?"})
    assert (await club.told(thread, "Point 1")).content.startswith("**Point 1: Member 3**")


async def test_evidence_is_shown_by_button_and_by_command(club: Debating) -> None:
    """A side's best quote, for all."""
    thread = await club.started()
    anna = club.hall.people[0]
    early = await club.used(anna, thread, "evidence", side="film", query="my data")
    assert early.text == "Vote before the debate: evidence cannot be shown now."
    await club.went_to(thread, "opening-first")
    panel = await club.panel(thread)
    said = await club.filled(anna, panel, "Evidence", {"Which side?": "1", "On what topic?": "my data"})
    assert said.text == "Everyone can see it now."
    told = await club.told(thread, "Evidence, asked for by Member 1")
    assert f"**Facebook**: “{pack().passage('no-selling-information').text}”" in told.content
    said = await club.used(anna, club.hall.general, "evidence", side="film", query="my data")
    assert said.text == f"Everyone can see it now: {thread.mention}"
    await club.told(thread, pack().passage("everything-tracked").text)
    wrong = await club.used(anna, thread, "evidence", side="flim", query="data")
    assert wrong.text.startswith('This debate has no side "flim"')


async def test_the_result_is_told_with_its_picture(club: Debating) -> None:
    """When the last ballot has closed."""
    thread = await club.started()
    panel = await club.panel(thread)
    for round_, choices in (("pre-vote", ("The film", "Facebook", "Undecided")), ("final-vote", ("Facebook",) * 3)):
        await club.went_to(thread, round_)
        for person, choice in zip(club.hall.people, choices, strict=True):
            await club.pressed(person, await club.pressed(person, panel, "Vote"), choice)
    assert not any("Result" in text for text in texts(club.hall.loopback, thread))
    await club.went_to(thread, "result")
    result = await club.told(thread, "**Facebook** moved the room further: +66.7 points.")
    picture = result.attachment("result.png")
    assert picture.content.startswith(b"\x89PNG")
    assert picture.description
    assert "Facebook" in picture.description


async def test_forms_ask_for_what_is_needed(club: Debating) -> None:
    """A point in many lines, evidence with a side."""
    thread = await club.started()
    anna = club.hall.people[0]
    await club.pressed(anna, await club.panel(thread), "Join the film")
    await club.went_to(thread, "opening-first")
    for button, title in (("Make a point", "Make a point"), ("Evidence", "Evidence")):
        panel = await club.panel(thread)
        await club.ready(panel, button)
        form = await club.hall.loopback.press(anna, panel, button)
        answer = await club.hall.loopback.answer(form)
        assert answer.kind is Kind.MODAL
        assert answer.modal["title"] == title


async def test_a_person_who_has_everything_deleted_is_named_no_more(club: Debating) -> None:
    """On the panel too, at once; the vote is gone with it, and the debate goes on."""
    thread = await club.started()
    anna = club.hall.people[0]
    panel = await club.panel(thread)
    await club.pressed(anna, await club.pressed(anna, panel, "Vote"), "Facebook")
    await club.went_to(thread, "floor")
    await club.pressed(anna, panel, "Raise hand")
    await club.shows(thread, "**Hands:** \n1. Member 1")
    asked = await club.used(anna, thread, "privacy delete")
    await club.pressed(anna, asked, "Delete everything")
    await club.shows(thread, "No hands are raised.")
    assert "Member 1" not in panel.text
    assert club.held.state.voted[Round.BEFORE] == frozenset()
    await club.went_to(thread, "closing-second")
