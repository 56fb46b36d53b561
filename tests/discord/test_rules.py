"""Discord's limits, each at its edge: the last that passes, the first that does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.discord.loopback.messages import COMPONENTS_V2, EPHEMERAL
from tests.discord.loopback.rules.commands import choice_problems, command_problems, tree_problems, tree_size
from tests.discord.loopback.rules.components import card_problems, classic_problems, modal_problems
from tests.discord.loopback.rules.messages import FILE_BYTES_LIMIT, is_empty, message_problems, ping_problems

if TYPE_CHECKING:
    from tests.discord.loopback.wire import Json


def text(content: str = "x") -> Json:
    """Write a text display."""
    return {"type": 10, "content": content}


def button(custom_id: str = "b", label: str = "Press") -> Json:
    """Write a button."""
    return {"type": 2, "style": 2, "label": label, "custom_id": custom_id}


def row(*parts: Json) -> Json:
    """Write an action row."""
    return {"type": 1, "components": list(parts)}


def options(count: int) -> list[Json]:
    """Write options of a select."""
    return [{"label": f"l{number}", "value": f"v{number}"} for number in range(count)]


def select(count: int = 2, **more: object) -> Json:
    """Write a select."""
    return {"type": 3, "custom_id": "s", "options": options(count), **more}


def command(**more: object) -> Json:
    """Write a slash command."""
    return {"type": 1, "name": "ask", "description": "d", **more}


def message(**more: object) -> list[str]:
    """Judge a message that is no answer to an interaction."""
    return list(message_problems(dict(more), {}, in_answer=False))


def card(*parts: Json) -> list[str]:
    """Judge a card."""
    return list(card_problems(list(parts), []))


def test_content_ends_at_2000_characters() -> None:
    """Counted in code points."""
    assert message(content="ä" * 2000) == []
    assert message(content="ä" * 2001) == ["content has 2001 characters, 2000 are the most"]


def test_a_card_takes_no_content_and_keeps_its_flag() -> None:
    """Neither embeds nor a poll; the flag is for good."""
    assert message(flags=COMPONENTS_V2, components=[text()]) == []
    beside = message(flags=COMPONENTS_V2, components=[text()], content="c", embeds=[{}], poll={"q": 1})
    assert beside == [f"{key} stands beside Components V2" for key in ("content", "embeds", "poll")]
    taken = message_problems({"flags": 0, "content": "x"}, {}, in_answer=False, old_flags=COMPONENTS_V2)
    assert "flag 32768 (Components V2) cannot be taken from a message" in list(taken)
    assert message(components=[text()]) == ["a component of type 10 needs flag 32768 (Components V2)"]


def test_only_answers_can_be_ephemeral() -> None:
    """An ordinary message cannot."""
    assert list(message_problems({"flags": EPHEMERAL}, {}, in_answer=True)) == []
    assert message(flags=EPHEMERAL) == ["flags 64 hold 64, which cannot be set here"]


def test_a_card_ends_at_40_components_nested_ones_included() -> None:
    """One container with 39 texts is full."""
    assert card({"type": 17, "components": [text()] * 39}) == []
    assert card({"type": 17, "components": [text()] * 40}) == ["41 components, 40 are the most, nested ones included"]


def test_a_card_ends_at_4000_characters_in_all() -> None:
    """Not in each text."""
    assert card(text("x" * 2000), {"type": 17, "components": [text("y" * 2000)]}) == []
    assert card(text("x" * 2000), text("y" * 2001)) == ["4001 characters of text in the card, 4000 are the most"]


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        (button(), "a component of type 2 may not stand at the top level"),
        (text(" "), "a text display is empty"),
        (row(), "a row is empty"),
        ({"type": 17, "components": []}, "a container is empty"),
        (
            {"type": 17, "components": [{"type": 17, "components": [text()]}]},
            "a component of type 17 may not stand in a container",
        ),
        ({"type": 17, "accent_color": 1 << 24, "components": [text()]}, "accent colour 16777216 is none"),
        (row(*(button(str(number)) for number in range(6))), "a row has 6 buttons, 5 are the most"),
        (row(button(), select()), "a row holds the types [2, 3]: buttons only, or one select only"),
        (row(button("b"), button("b")), "custom_id 'b' stands 2 times"),
        (row(button("b" * 101)), f"custom_id {'b' * 101!r} is longer than 100"),
        (row(button("b", "l" * 81)), f"the button {'l' * 81!r} has 81 characters, 80 are the most"),
        (row({**button(), "label": ""}), "the button 'b' has neither label nor emoji"),
        (row({**button(), "url": "https://x"}), "the button 'Press' needs a custom_id and no url"),
        (row({**button(), "style": 5}), "the link button 'Press' needs a url and no custom_id"),
        (row(select(26)), "'s' has 26 options, 1 to 25 are allowed"),
        (row(select(2, placeholder="p" * 151)), "the placeholder of 's' is longer than 150"),
        (row(select(2, max_values=3)), "'s' lets 3 be chosen of 2"),
        (row(select(2, min_values=2)), "'s' wants at least 2 and at most 1"),
        (
            row(select(1) | {"options": [{"label": "l" * 101, "value": "v"}]}),
            f"an option's label in 's' is longer than 100: {'l' * 101!r}",
        ),
        (row(select(1) | {"options": options(1) * 2}), "'s' has two options of one value"),
        ({"type": 9, "components": [text()] * 4, "accessory": button()}, "a section holds 1 to 3 text displays"),
        ({"type": 9, "components": [text()]}, "a section needs a button or a thumbnail beside its text"),
        ({"type": 12, "items": []}, "a gallery has 0 items, 1 to 10 are allowed"),
    ],
)  # fmt: skip
def test_part_of_a_card_is_refused(part: Json, problem: str) -> None:
    """For the one thing that is wrong with it."""
    assert card(part) == [problem]


def test_files_of_a_card_must_be_named_by_a_component() -> None:
    """Otherwise nobody sees them; and what is named must be there."""
    shown = {"type": 12, "items": [{"media": {"url": "attachment://chart.png"}}]}
    assert list(card_problems([shown], ["chart.png"])) == []
    assert list(card_problems([text()], ["chart.png"])) == [
        "the file chart.png is named by no component, so nobody sees it"
    ]
    assert list(card_problems([shown], [])) == ["a component names attachment://chart.png, which is not attached"]


def test_ordinary_messages_end_at_five_rows() -> None:
    """Of any kind."""
    rows = [row(button(str(number))) for number in range(6)]
    assert list(classic_problems(rows[:5])) == []
    assert list(classic_problems(rows)) == ["6 rows, 5 are the most"]


def test_files_end_at_ten_and_at_ten_mebibytes() -> None:
    """Each; and alt texts at 1024 characters."""
    full = dict.fromkeys((f"{number}.txt" for number in range(10)), b"")
    assert list(message_problems({}, full | {"0.txt": b"x" * FILE_BYTES_LIMIT}, in_answer=False)) == []
    over = {"a.bin": b"x" * (FILE_BYTES_LIMIT + 1)}
    assert list(message_problems({}, over, in_answer=False)) == [
        "the file a.bin has 10485761 bytes, 10485760 are the most"
    ]
    assert list(message_problems({}, full | {"more": b""}, in_answer=False)) == ["11 files, 10 are the most"]
    assert message(attachments=[{"filename": "a", "description": "x" * 1025}]) == [
        "the alt text of a is longer than 1024"
    ]


def test_embeds_end_at_6000_characters_in_all() -> None:
    """And each part at its own limit."""
    assert message(embeds=[{"description": "x" * 4096}]) == []
    assert message(embeds=[{"description": "x" * 4097}]) == [
        "an embed's description has 4097 characters, 4096 are the most"
    ]
    assert message(embeds=[{"description": "x" * 3001}, {"description": "x" * 3000}]) == [
        "embeds have 6001 characters in all, 6000 are the most"
    ]
    fields = [{"name": "n", "value": "v" * 1025}] * 26
    assert message(embeds=[{"fields": fields[:1]}]) == ["an embed's value has 1025 characters, 1024 are the most"]
    assert message(embeds=[{"fields": fields}])[0] == "an embed has 26 fields, 25 are the most"


def test_every_message_must_say_that_it_pings_nobody() -> None:
    """Edits need it only where they show new words."""
    assert list(ping_problems({"content": "x", "allowed_mentions": {"parse": []}})) == []
    assert list(ping_problems({"content": "x"})) == ["allowed_mentions is None: every message must carry parse: []"]
    for more in ({"users": ["1"]}, {"roles": ["1"]}, {"replied_user": True}):
        assert len(list(ping_problems({"allowed_mentions": {"parse": [], **more}}))) == 1
    assert len(list(ping_problems({"allowed_mentions": {"parse": ["users"]}}))) == 1
    assert list(ping_problems({"attachments": []}, is_edit=True)) == []
    assert len(list(ping_problems({"content": "x"}, is_edit=True))) == 1


def test_empty_message_is_empty_whatever_keys_it_has() -> None:
    """Discord refuses it with 50006."""
    assert is_empty({"content": "", "embeds": [], "allowed_mentions": {"parse": []}}, {})
    assert not is_empty({}, {"a.txt": b""})


def modal(*parts: Json, **more: object) -> list[str]:
    """Judge a modal."""
    return list(modal_problems({"title": "t", "custom_id": "m", "components": list(parts), **more}))


def field(custom_id: str = "f", **more: object) -> Json:
    """Write a labelled text input."""
    return {"type": 18, "label": "l", "component": {"type": 4, "custom_id": custom_id, "style": 1, **more}}


@pytest.mark.parametrize(
    ("problems", "expected"),
    [
        (modal(field(max_length=4000)), []),
        (modal(field(), title="t" * 46), [f"the modal's title {'t' * 46!r} has 46 characters, 1 to 45 are allowed"]),
        (modal(field(), custom_id=""), ["the modal's custom_id '' must have 1 to 100 characters"]),
        (modal(*(field(str(number)) for number in range(6))), ["the modal has 6 parts, 1 to 5 are allowed"]),
        (modal(field("f"), field("f")), ["custom_id 'f' stands 2 times"]),
        (modal({**field(), "label": "l" * 46}), [f"the label {'l' * 46!r} must have 1 to 45 characters"]),
        (modal({**field(), "description": "d" * 101}), ["the description below 'l' is longer than 100"]),
        (modal(field(max_length=4001)), ["the input 'f' takes 4001 characters, 4000 are the most"]),
        (modal(field(max_length=5, value="123456")), ["the input 'f' begins with 6 characters, 5 are the most"]),
        (modal(field(min_length=9, max_length=5)), ["the input 'f' wants at least 9 and at most 5 characters"]),
        (modal(field(placeholder="p" * 101)), ["the placeholder of 'f' is longer than 100"]),
        (modal(button()), ["a component of type 2 may not stand at the top level of a modal"]),
        (modal({"type": 18, "label": "l", "component": button()}), ["a component of type 2 may not stand in a label"]),
        (
            modal({"type": 18, "label": "l", "component": {"type": 21, "custom_id": "r", "options": options(11)}}),
            ["'r' has 11 options, 1 to 10 are allowed"],
        ),
    ],
)
def test_modal_keeps_its_limits(problems: list[str], expected: list[str]) -> None:
    """Title, parts, labels, inputs."""
    assert problems == expected


@pytest.mark.parametrize("name", ["ask", "both-sides", "frag_1", "पूछो", "विषय", "preguntar"])
def test_names_of_commands_may_be_of_any_script(name: str) -> None:
    """Vowel signs of Hindi are no letters, and allowed all the same."""
    assert list(command_problems(command(name=name))) == []


@pytest.mark.parametrize("name", ["Ask", "a b", "", "a" * 33, "a!", "a.b"])
def test_names_of_commands_are_lower_case_without_signs(name: str) -> None:
    """Translations too."""
    expected = [f"the name {name!r} must have 1 to 32 lower-case letters, digits, '-' or '_'"]
    assert list(command_problems(command(name=name))) == expected
    assert list(command_problems(command(name_localizations={"de": name}))) == expected


def test_descriptions_of_commands_end_at_100_characters() -> None:
    """And may not be missing."""
    assert list(command_problems(command(description="d" * 100))) == []
    for wrong in ("d" * 101, ""):
        assert list(command_problems(command(description=wrong))) == [
            f"the description {wrong!r} of 'ask' has {len(wrong)} characters, 1 to 100 are allowed"
        ]


def test_menus_have_names_with_spaces_and_no_description() -> None:
    """Up to 32 characters."""
    assert list(command_problems({"type": 3, "name": "What each side says"})) == []
    assert list(command_problems({"type": 3, "name": "x" * 33})) == [
        f"the menu name {'x' * 33!r} must have 1 to 32 characters"
    ]
    assert list(command_problems({"type": 3, "name": "Both", "description": "d"})) == [
        "the menu 'Both' may have no description"
    ]


def test_options_keep_their_limits() -> None:
    """Order, names, choices."""
    option = {"type": 3, "name": "o", "description": "d"}
    assert list(command_problems(command(options=[option, {**option, "name": "p", "required": True}]))) == [
        "'ask' asks for a required option after one that is not"
    ]
    assert list(command_problems(command(options=[option, option]))) == ["'ask' has two options 'o'"]
    many = [{**option, "name": f"o{number}"} for number in range(26)]
    assert list(command_problems(command(options=many))) == ["'ask' has 26 options, 25 are the most"]
    choices = [{"name": f"c{number}", "value": "v"} for number in range(26)]
    assert list(command_problems(command(options=[{**option, "choices": choices}]))) == [
        "'o' offers 26 choices, 25 are the most"
    ]
    assert list(choice_problems([{"name": "n" * 101, "value": "v"}])) == [
        f"the choice {'n' * 101!r} of 'autocomplete' must have 1 to 100 characters"
    ]


def test_size_of_a_command_counts_the_longest_translation_of_everything_in_it() -> None:
    """Names, descriptions, values: ask(3) d(1) + opt(3) lang(4) + ch(2) val(3)."""
    option = {
        "type": 3,
        "name": "opt",
        "description": "s",
        "description_localizations": {"de": "lang"},
        "choices": [{"name": "ch", "value": "val"}],
    }
    assert tree_size(command(options=[option])) == 3 + 1 + 3 + 4 + 2 + 3
    group = [{"type": 3, "name": f"o{n:02}", "description": "d" * 100, "choices": [
        {"name": f"{c:02}" * 5, "value": f"{c:02}" * 5} for c in range(11)
    ]} for n in range(25)]  # fmt: skip
    assert list(command_problems(command(options=group))) == [
        f"the command 'ask' has {3 + 1 + 25 * (103 + 220)} characters in all, 8000 are the most"
    ]


def test_set_of_commands_ends_at_100_and_has_each_name_once() -> None:
    """A menu may share a slash command's name."""
    many = [command(name=f"c{number}") for number in range(101)]
    assert list(tree_problems(many[:100])) == []
    assert list(tree_problems(many)) == ["101 commands of type 1, 100 are the most"]
    assert list(tree_problems([command(), command()])) == ["two commands are named 'ask'"]
    assert list(tree_problems([command(), {"type": 3, "name": "ask"}])) == []
