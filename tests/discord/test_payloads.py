"""What people fill in, as Discord writes it; what Discord would not let them do is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.discord.loopback import payloads
from tests.discord.loopback.world import World

if TYPE_CHECKING:
    from tests.discord.loopback.payloads import Filled, Given
    from tests.discord.loopback.wire import Json

OPTIONS = [{"label": "Yes", "value": "y"}, {"label": "No", "value": "n"}]


def label(name: str, **component: object) -> Json:
    """Write a labelled field of a modal."""
    return {"type": 18, "label": name, "component": component}


MODAL = {
    "custom_id": "m",
    "components": [
        {"type": 10, "content": "Please say"},
        label("Why", type=4, custom_id="why", style=2, min_length=3, max_length=9, value="old"),
        label("Sure", type=21, custom_id="sure", options=OPTIONS),
        label("Which", type=22, custom_id="which", options=OPTIONS, required=False),
        label("Quiet", type=23, custom_id="quiet"),
    ],
}


def test_filled_modal_has_a_value_for_every_kind_of_field() -> None:
    """By label or custom_id; what is left out keeps what the modal offered."""
    sent = payloads.submission(MODAL, {"Sure": "Yes", "which": ["No", "y"], "Quiet": True})
    assert sent["custom_id"] == "m"
    text, why, sure, which, quiet = sent["components"]
    assert text["type"] == 10
    assert (why["component"]["value"], sure["component"]["value"]) == ("old", "y")
    assert (which["component"]["values"], quiet["component"]["value"]) == (["n", "y"], True)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"Why": "no", "Sure": "y"}, ValueError, "'why' takes 3 to 9 characters, not 2"),
        ({}, ValueError, "'sure' must be answered"),
        ({"Sure": "maybe"}, LookupError, r"'sure' has no option 'maybe': \['Yes', 'No'\]"),
        ({"Sure": "y", "Who": "me"}, LookupError, r"the modal has no fields \['Who'\]"),
    ],
)
def test_modal_that_discord_would_not_send_is_refused(
    values: dict[str, Filled], error: type[Exception], message: str
) -> None:
    """With what there is."""
    with pytest.raises(error, match=message):
        payloads.submission(MODAL, values)


DEBATE = {
    "id": "1",
    "name": "debate",
    "type": 1,
    "options": [
        {
            "type": 1,
            "name": "start",
            "description": "d",
            "options": [
                {"type": 3, "name": "motion", "description": "d", "required": True, "max_length": 5},
                {"type": 4, "name": "minutes", "description": "d", "min_value": 1, "max_value": 60},
                {"type": 6, "name": "judge", "description": "d"},
                {"type": 3, "name": "format", "description": "d", "choices": [{"name": "Oxford", "value": "ox"}]},
            ],
        }
    ],
}


def test_sub_command_is_nested_and_people_are_resolved() -> None:
    """Users go by id, and are written out with their membership."""
    world = World()
    guild = world.guild()
    judge = world.member(guild, "judge")
    used = payloads.with_members(
        payloads.command_use(DEBATE, ["start"], {"motion": "ban", "minutes": 5, "judge": judge}), guild
    )
    (start,) = used["options"]
    assert start["name"] == "start"
    assert [(each["name"], each["value"]) for each in start["options"]] == [
        ("motion", "ban"),
        ("minutes", 5),
        ("judge", str(judge.id)),
    ]
    assert used["resolved"]["users"][str(judge.id)]["username"] == "judge"
    assert used["resolved"]["members"][str(judge.id)]["roles"] == []


@pytest.mark.parametrize(
    ("path", "values", "error", "message"),
    [
        ([], {}, LookupError, r"a sub-command is needed: \['start'\]"),
        (["stop"], {}, LookupError, r"'debate' has no sub-command 'stop': \['start'\]"),
        (["start"], {}, LookupError, r"Discord lets nobody leave out \['motion'\]"),
        (["start"], {"motion": "x", "when": "now"}, LookupError, r"no options \['when'\]"),
        (["start"], {"motion": "longer"}, ValueError, "'motion' takes 0 to 5 characters, not 6"),
        (["start"], {"motion": "x", "minutes": 61}, ValueError, "'minutes' takes 1 to 60, not 61"),
        (["start"], {"motion": "x", "format": "y"}, ValueError, r"'format' offers \['ox'\], not 'y'"),
    ],
)
def test_command_that_discord_would_not_send_is_refused(
    path: list[str], values: dict[str, Given], error: type[Exception], message: str
) -> None:
    """With what there is."""
    with pytest.raises(error, match=message):
        payloads.command_use(DEBATE, path, values)
