"""Debates on Discord's wire: started, led, timed, shown, and handed over."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import pytest

from tests.discord.debating import MOTION, a_hall, texts
from tests.discord.loopback import Permission
from tests.quote.rules.findings import pack

if TYPE_CHECKING:
    from tests.discord.debating import Debating

ONLY_MODERATORS = "Only moderators of this server may do that"
MINUTE_S = 60


async def test_a_debate_is_started_in_a_thread_with_its_panel(club: Debating) -> None:
    """Announced in the channel; the thread is named after the motion."""
    thread = await club.started()
    hall = club.hall
    assert thread.parent is hall.general
    assert thread.name == MOTION
    (opening,) = hall.loopback.world.from_bot(hall.general)
    assert opening.text == f"**Debate: {MOTION}**\nOxford debate, 50 min\nTake part in the thread below."
    panel = await club.panel(thread)
    assert panel.is_card
    assert "Phase 1 of 10: Vote before the debate" in panel.text
    phase = await club.told(thread, "Phase 1 of 10")
    assert phase.button("Vote")


@pytest.mark.parametrize(
    "command",
    [
        "debate start motion=x format=oxford",
        *("debate next", "debate pause", "debate resume", "debate end", "debate status", "debate export"),
        "debate extend time=2",
    ],
)
async def test_whoever_is_no_moderator_leads_nothing(club: Debating, command: str) -> None:
    """They are told so, to themselves alone."""
    thread = await club.started()
    name, *given = command.split(" ", 2)
    path = f"{name} {given[0]}"
    options = dict(each.split("=") for each in (given[1].split() if len(given) > 1 else []))
    refused = await club.used(club.hall.people[0], thread, path, **options)
    assert refused.is_ephemeral
    assert refused.text.startswith(ONLY_MODERATORS)
    assert club.held.state.place == 0


async def test_the_moderators_button_is_for_moderators(club: Debating) -> None:
    """For those who are moderators at that moment, not when they were shown it."""
    thread = await club.started()
    panel = await club.panel(thread)
    hall = club.hall
    assert (await club.pressed(hall.people[0], panel, "Moderator")).text.startswith(ONLY_MODERATORS)
    leading = await club.pressed(hall.chief, panel, "Moderator")
    hall.guild.members[hall.chief.id].roles.clear()
    pressed = await hall.loopback.press(hall.chief, leading, "Next")
    told = await hall.loopback.followup(pressed)
    assert told.is_ephemeral
    assert told.text.startswith(ONLY_MODERATORS)
    assert club.held.state.place == 0


async def test_every_bell_rings_once_at_its_moment(club: Debating) -> None:
    """As ordinary text that calls nobody and is not late."""
    thread = await club.started("quick")
    minutes = club.held.state.phase.minutes
    assert minutes == 2
    for bell in ("🔔 One minute left", "🔔 Time"):
        bell_ms = club.held.state.next_bell_ms()
        assert bell_ms is not None
        club.clock.move((bell_ms - club.debates.now_ms()) / 1000)
        await club.told(thread, bell)
    bells = [text for text in texts(club.hall.loopback, thread) if "🔔" in text]
    assert bells == [
        "🔔 One minute left: Vote before the debate",
        "🔔 Time: Vote before the debate. A moderator moves on with “Next”.",
    ]
    await club.shows(thread, "Time ran out <t:")


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_bell_is_not_late_because_the_clock_was_set(club: Debating, hours: int) -> None:
    """It rings when so much has passed, whatever the time is called."""
    thread = await club.started("quick")
    club.clock.set(hours * 60 * MINUTE_S)
    club.clock.move(MINUTE_S + 0.2)
    rung = await club.told(thread, "🔔")
    assert rung.content == "🔔 One minute left: Vote before the debate"


async def test_a_moderator_leads_by_buttons(club: Debating) -> None:
    """Each changes the message in place; what was done is told in the thread."""
    thread = await club.started()
    chief = club.hall.chief
    leading = await club.pressed(chief, await club.panel(thread), "Moderator")
    assert leading.is_ephemeral
    assert "Next phase: Opening, first side" in leading.text
    for button, done, told in (
        ("Pause", "Done: the clock is stopped.", "⏸️ Paused, with "),
        ("Extend 2 min", "Done: 2 min more.", "⏱️ 2 min more."),
        ("Resume", "Done: the clock is running again.", "▶️ Resumed. Ends at <t:"),
        ("Next", "Done: the debate has moved on.", "Phase 2 of 10"),
    ):
        leading = await club.pressed(chief, leading, button)
        assert leading.text.startswith(done)
        await club.told(thread, told)
    asked = await club.pressed(chief, leading, "End")
    assert asked.text.startswith("End this debate now?")
    assert "Next phase" in (await club.pressed(chief, asked, "Back")).text
    await club.pressed(chief, leading, "End")
    over = await club.pressed(chief, leading, "End the debate")
    assert over.text.startswith("Done: the debate is over.")
    assert over.buttons == []
    await club.told(thread, "**This debate is over.**")


async def test_next_pressed_by_two_moderators_goes_on_once(club: Debating) -> None:
    """The second sees what the first did."""
    thread = await club.started()
    other = club.hall.loopback.world.member(club.hall.guild, "other chief", club.hall.guild.roles[-1])
    panel = await club.panel(thread)
    mine = await club.pressed(club.hall.chief, panel, "Moderator")
    theirs = await club.pressed(other, panel, "Moderator")
    await club.pressed(club.hall.chief, mine, "Next")
    refused = await club.pressed(other, theirs, "Next")
    assert refused.text.startswith('The debate has already moved on: it is in the phase "Opening, first side".')
    assert club.held.state.place == 1
    assert "Done" in (await club.pressed(other, theirs, "Next")).text


async def test_commands_lead_too_and_are_kept_in_the_audit(club: Debating) -> None:
    """From anywhere in the server, while there is only one debate."""
    thread = await club.started()
    chief, general = club.hall.chief, club.hall.general
    assert (await club.used(chief, general, "debate pause")).text.startswith("Done: the clock is stopped.")
    assert (
        await club.used(chief, thread, "debate pause")
    ).text == "The debate is already paused: resume it to continue."
    assert (await club.used(chief, thread, "debate extend", time="5")).text.startswith("Done: 5 min more.")
    assert (await club.used(chief, thread, "debate resume")).text.startswith("Done: the clock is running again.")
    assert "Next phase: Opening" in (await club.used(chief, thread, "debate status")).text
    await club.used(chief, thread, "debate next")
    assert (await club.used(chief, thread, "debate end")).text.startswith("Done: the debate is over.")
    history = await club.used(chief, general, "review", list="history")
    for act in (
        "started as Oxford debate",
        "paused",
        "extended by 5 min",
        "resumed",
        "looked at where it stands",
        "began Opening, first side",
        "ended",
    ):
        assert f"debate: “{MOTION}” {act}" in history.text, history.text
    gone = await club.used(chief, thread, "debate next")
    assert gone.text == "There is no debate here: a moderator starts one with `/debate start`."


async def test_several_debates_go_on_side_by_side(club: Debating) -> None:
    """A command means that of its thread; elsewhere it asks which."""
    first, second = await club.started(), await club.started("quick", "Another motion")
    assert first is not second
    chief, general = club.hall.chief, club.hall.general
    await club.used(chief, second, "debate next")
    places = [held.state.place for held in club.debates.in_guild(str(club.hall.guild.id))]
    assert places == [0, 1]
    which = await club.used(chief, general, "debate next")
    assert which.text.startswith("There are several debates here")
    anna = club.hall.people[0]
    for thread, side in ((first, "Join the film"), (second, "Join Facebook")):
        await club.pressed(anna, await club.panel(thread), side)
    await club.shows(first, "The film 1 · Facebook 0")
    await club.shows(second, "The film 0 · Facebook 1")


async def test_motions_formats_and_sides_are_offered(club: Debating) -> None:
    """As the pack has them; none is needed to be typed whole."""
    loopback, hall = club.hall.loopback, club.hall
    asked = await loopback.complete(hall.chief, hall.general, "debate start", "motion", motion="")
    offered = (await loopback.answer(asked)).choices
    assert offered[0]["value"] == pack().motion
    asked = await loopback.complete(hall.chief, hall.general, "debate start", "format", motion="x", format="oxf")
    assert (await loopback.answer(asked)).choices == ({"name": "Oxford debate (50 min)", "value": "oxford"},)
    asked = await loopback.complete(hall.chief, hall.general, "evidence", "side", side="face")
    assert [each["value"] for each in (await loopback.answer(asked)).choices] == ["facebook"]
    wrong = await club.used(hall.chief, hall.general, "debate start", motion="x", format="oxfrod")
    assert wrong.text.startswith('There is no format "oxfrod"')
    assert '"oxford"' in wrong.text


async def test_what_is_missing_is_named_before_anything_starts(club: Debating) -> None:
    """Permissions by the names that Discord's settings show."""
    hall = club.hall
    hall.general.denied[hall.loopback.world.bot.id] = Permission.CREATE_PUBLIC_THREADS
    refused = await club.used(hall.chief, hall.general, "debate start", motion="x", format="oxford")
    assert refused.text == "I cannot hold a debate here: give me the permissions Create Public Threads."
    assert club.debates.live() == ()


async def test_in_a_thread_the_debate_is_held_right_there(club: Debating) -> None:
    """A second one has to wait until it is over."""
    hall = club.hall
    inside = hall.loopback.world.thread(hall.general, "our corner", hall.chief)
    await hall.loopback.announce(inside, is_new=True)
    said = await club.used(hall.chief, inside, "debate start", motion="Here", format="quick")
    assert said.text == f"The debate has started: {inside.mention}"
    assert (await club.panel(inside)).channel is inside
    again = await club.used(hall.chief, inside, "debate start", motion="Here", format="quick")
    assert again.text.startswith("A debate is already running here")


@pytest.mark.parametrize(
    ("form", "active"), [("md", "<script>"), ("html", "<script>"), ("csv", '"='), ("json", "<script>")]
)
async def test_a_transcript_is_exported_in_every_form_with_nothing_in_it_that_does_anything(
    club: Debating, form: str, active: str
) -> None:
    """Also when it is over; by codes where that is asked for."""
    hall = club.hall
    evil = hall.loopback.world.member(hall.guild, "=cmd|'/c calc'!a1 <script>alert(1)</script>")
    thread = await club.started()
    await club.pressed(evil, await club.panel(thread), "Join the film")
    await club.went_to(thread, "opening-first")
    await club.filled(evil, await club.panel(thread), "Make a point", {"Your point": "=1+1 <script>x</script> bananas"})
    await club.told(thread, "Point 1")
    await club.used(hall.chief, thread, "debate end")
    await club.told(thread, "**This debate is over.**")
    for anonymous in (False, True):
        sent = await club.used(hall.chief, hall.general, "debate export", form=form, anonymous=anonymous)
        assert sent.is_ephemeral
        (file,) = sent.attachments
        content = file.content.decode()
        assert file.content.startswith(codecs.BOM_UTF8) is (form == "csv")
        assert file.filename.startswith("debate-20")
        assert file.filename.endswith(f".{form}")
        assert active not in content
        assert "bananas" in content
        assert ("calc" in content.casefold()) is not anonymous
    history = await club.used(hall.chief, hall.general, "review", list="history")
    for people in ("names", "codes"):
        assert f"took the transcript as {form}, with {people}" in history.text


async def test_a_debate_is_chosen_for_its_transcript(club: Debating) -> None:
    """From a list; one of another server is none."""
    hall = club.hall
    thread = await club.started()
    await club.used(hall.chief, thread, "debate end")
    await club.told(thread, "**This debate is over.**")
    asked = await hall.loopback.complete(hall.chief, hall.general, "debate export", "which", which="cats")
    (offered,) = (await hall.loopback.answer(asked)).choices
    assert offered["name"].endswith(f" UTC · {MOTION}")
    sent = await club.used(hall.chief, hall.general, "debate export", which=offered["value"])
    assert MOTION in sent.attachments[0].content.decode()
    wrong = await club.used(hall.chief, hall.general, "debate export", which="f" * 32)
    assert wrong.text.startswith("There is no such debate here")
    anna = hall.people[0]
    asked = await hall.loopback.complete(anna, hall.general, "debate export", "which", which="")
    assert (await hall.loopback.answer(asked)).choices == ()


async def test_buttons_of_another_servers_debate_do_nothing(club: Debating) -> None:
    """An id is not enough."""
    loopback = club.hall.loopback
    panel = await club.panel(await club.started())
    foreign = a_hall(loopback, 1)
    await loopback.invite_bot(foreign.guild)
    shown = await club.used(foreign.chief, foreign.general, "topics")
    shown.components = panel.components
    for label in ("Join the film", "Moderator"):
        assert (await club.pressed(foreign.chief, shown, label)).text == "This debate is over."
    assert club.held.state.seats == {}


async def test_a_plain_server_gets_a_plain_panel(club: Debating) -> None:
    """The panel of a debate that began as a card is put up anew."""
    hall = club.hall
    await club.used(hall.chief, hall.general, "settings set", style="plain")
    thread = await club.started()
    panel = await club.panel(thread)
    assert not panel.is_card
    assert panel.text.startswith(f"**{MOTION}**")
    await club.pressed(hall.people[0], panel, "Watch")
    await club.shows(thread, "watching 1")
