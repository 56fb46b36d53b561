"""Presses find who answers them, by the ids of what was pressed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord

from bot.wire.press import Handlers, Press, answer_press
from knowledge.errors import UserError


def interaction(custom_id: str, *, form: bool = False, **data: object) -> Any:  # noqa: ANN401 - it stands for Discord's
    """Make one, with a response that keeps what is sent."""
    sent: list[str] = []

    async def send_message(text: str, **_: object) -> None:
        sent.append(text)

    kinds = discord.InteractionType
    return SimpleNamespace(
        type=kinds.modal_submit if form else kinds.component,
        data={"custom_id": custom_id, **data},
        locale="en-GB",
        response=SimpleNamespace(is_done=lambda: False, send_message=send_message),
        sent=sent,
    )


class Heard:
    """Keeps what a handler was given."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.presses: list[Press] = []

    async def __call__(self, _interaction: discord.Interaction[Any], press: Press) -> None:
        """Keep it."""
        self.presses.append(press)


async def test_a_button_a_menu_and_a_form_are_answered_by_their_own() -> None:
    """A form may bear the id of the button that opens it."""
    button, form = Heard(), Heard()
    presses: Handlers = {("answer", "follow"): button}
    forms: Handlers = {("answer", "follow"): form}
    await answer_press(interaction("answer:follow:x:1"), presses, forms)
    await answer_press(interaction("answer:follow:x:1", values=["b", "c"]), presses, forms)
    fields = [
        {"type": 18, "component": {"type": 3, "custom_id": "quote", "values": ["2"]}},
        {"type": 1, "components": [{"type": 4, "custom_id": "text", "value": "why?"}]},
    ]
    await answer_press(interaction("answer:follow:x:1", form=True, components=fields), presses, forms)
    assert button.presses == [Press(("x", "1")), Press(("x", "1"), chosen="b")]
    assert form.presses == [Press(("x", "1"), written={"quote": "2", "text": "why?"})]


async def test_what_nobody_answers_any_more_is_told() -> None:
    """Ids of what is no longer there; what is no press is left alone."""
    heard = Heard()
    for custom_id in ("answer:dance", "echo", ""):
        asked = interaction(custom_id)
        await answer_press(asked, {("answer", "more"): heard}, {})
        assert asked.sent == ["This is from another version of me: use the command again."]
    await answer_press(SimpleNamespace(type=discord.InteractionType.ping, data=None), {}, {})  # type: ignore[arg-type]
    assert heard.presses == []


async def test_what_a_press_raises_is_told_to_the_person() -> None:
    """The library would only log it, with everything that it holds."""

    async def refusing(_interaction: discord.Interaction[Any], _press: Press) -> None:
        raise UserError("not like this")

    asked = interaction("answer:more")
    await answer_press(asked, {("answer", "more"): refusing}, {})
    assert asked.sent == ["Not like this"]
