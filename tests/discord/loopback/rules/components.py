"""Discord's limits on components: cards (Components V2), classic rows, buttons, selects, modals.

It must not know what else a message holds.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.discord.loopback.messages import (
    ACTION_ROW,
    BUTTON,
    CHECKBOX,
    CHECKBOX_GROUP,
    CONTAINER,
    FILE,
    FILE_UPLOAD,
    LABEL,
    LINK_BUTTON,
    MEDIA_GALLERY,
    RADIO_GROUP,
    SECTION,
    SELECTS,
    SEPARATOR,
    STRING_SELECT,
    TEXT_DISPLAY,
    TEXT_INPUT,
    THUMBNAIL,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.discord.loopback.wire import Json

PARTS_LIMIT = 40
CARD_TEXT_LIMIT = 4000
CUSTOM_ID_LIMIT = 100
BUTTON_LABEL_LIMIT = 80
URL_LIMIT = 512
BUTTONS_A_ROW = 5
CLASSIC_ROWS_LIMIT = 5
OPTIONS_LIMIT = 25
OPTION_TEXT_LIMIT = 100
PLACEHOLDER_LIMIT = 150
SECTION_TEXTS_LIMIT = 3
GALLERY_LIMIT = 10
COLOUR_LIMIT = 0xFFFFFF
MODAL_TITLE_LIMIT = 45
MODAL_PARTS_LIMIT = 5
LABEL_LIMIT = 45
LABEL_DESCRIPTION_LIMIT = 100
INPUT_PLACEHOLDER_LIMIT = 100
INPUT_LIMIT = 4000
CHOICES_OF_GROUP_LIMIT = 10

INSIDE_A_CONTAINER = frozenset({ACTION_ROW, SECTION, TEXT_DISPLAY, MEDIA_GALLERY, FILE, SEPARATOR})
TOP_LEVEL = INSIDE_A_CONTAINER | {CONTAINER}
INSIDE_A_LABEL = SELECTS | {TEXT_INPUT, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX}


def card_problems(components: Sequence[Json], files: Sequence[str]) -> Iterator[str]:
    """Name every limit that a Components V2 message breaks; `files` are the names of its uploads."""
    parts = list(walk(components))
    if not parts:
        yield "a Components V2 message without components shows nothing"
    if len(parts) > PARTS_LIMIT:
        yield f"{len(parts)} components, {PARTS_LIMIT} are the most, nested ones included"
    characters = sum(len(part.get("content", "")) for part in parts if part["type"] == TEXT_DISPLAY)
    if characters > CARD_TEXT_LIMIT:
        yield f"{characters} characters of text in the card, {CARD_TEXT_LIMIT} are the most"
    for part in components:
        if part["type"] not in TOP_LEVEL:
            yield f"a component of type {part['type']} may not stand at the top level"
    named = {part["file"]["url"] for part in parts if part["type"] == FILE}
    named |= {part["media"]["url"] for part in parts if part["type"] == THUMBNAIL}
    named |= {item["media"]["url"] for part in parts if part["type"] == MEDIA_GALLERY for item in part["items"]}
    for name in sorted(set(files)):
        if f"attachment://{name}" not in named:
            yield f"the file {name} is named by no component, so nobody sees it"
    for address in sorted(named):
        if address.startswith("attachment://") and address.removeprefix("attachment://") not in files:
            yield f"a component names {address}, which is not attached"
    yield from _part_problems(parts)


def classic_problems(components: Sequence[Json]) -> Iterator[str]:
    """Name every limit that the rows below an ordinary message break."""
    if len(components) > CLASSIC_ROWS_LIMIT:
        yield f"{len(components)} rows, {CLASSIC_ROWS_LIMIT} are the most"
    for part in components:
        if part["type"] != ACTION_ROW:
            yield f"a component of type {part['type']} needs flag 32768 (Components V2)"
    yield from _part_problems(list(walk(components)))


def _part_problems(parts: Sequence[Json]) -> Iterator[str]:
    used = Counter(part["custom_id"] for part in parts if part.get("custom_id"))
    yield from (f"custom_id {name!r} stands {times} times" for name, times in used.items() if times > 1)
    yield from (f"custom_id {name!r} is longer than {CUSTOM_ID_LIMIT}" for name in used if len(name) > CUSTOM_ID_LIMIT)
    for part in parts:
        kind = part["type"]
        if kind == ACTION_ROW:
            yield from _row_problems(part)
        elif kind == BUTTON:
            yield from _button_problems(part)
        elif kind in SELECTS:
            yield from _select_problems(part)
        elif kind == SECTION:
            yield from _section_problems(part)
        elif kind == CONTAINER:
            yield from _container_problems(part)
        elif kind == TEXT_DISPLAY and not part.get("content", "").strip():
            yield "a text display is empty"
        elif kind == MEDIA_GALLERY and not 1 <= len(part["items"]) <= GALLERY_LIMIT:
            yield f"a gallery has {len(part['items'])} items, 1 to {GALLERY_LIMIT} are allowed"


def _row_problems(row: Json) -> Iterator[str]:
    kinds = [part["type"] for part in row["components"]]
    if not kinds:
        yield "a row is empty"
    elif set(kinds) == {BUTTON}:
        if len(kinds) > BUTTONS_A_ROW:
            yield f"a row has {len(kinds)} buttons, {BUTTONS_A_ROW} are the most"
    elif len(kinds) > 1 or kinds[0] not in SELECTS | {TEXT_INPUT}:
        yield f"a row holds the types {kinds}: buttons only, or one select only"


def _button_problems(button: Json) -> Iterator[str]:
    label = button.get("label") or ""
    name = label or button.get("custom_id")
    if len(label) > BUTTON_LABEL_LIMIT:
        yield f"the button {label!r} has {len(label)} characters, {BUTTON_LABEL_LIMIT} are the most"
    if not label and not button.get("emoji"):
        yield f"the button {name!r} has neither label nor emoji"
    if button["style"] == LINK_BUTTON:
        if not button.get("url") or button.get("custom_id"):
            yield f"the link button {name!r} needs a url and no custom_id"
        if len(button.get("url") or "") > URL_LIMIT:
            yield f"the url of {name!r} is longer than {URL_LIMIT}"
    elif not button.get("custom_id") or button.get("url"):
        yield f"the button {name!r} needs a custom_id and no url"


def _option_problems(name: str, options: Sequence[Json], limit: int) -> Iterator[str]:
    if not 1 <= len(options) <= limit:
        yield f"{name!r} has {len(options)} options, 1 to {limit} are allowed"
    if len({option["value"] for option in options}) != len(options):
        yield f"{name!r} has two options of one value"
    for option in options:
        for key in ("label", "value", "description"):
            if len(option.get(key) or "") > OPTION_TEXT_LIMIT:
                yield f"an option's {key} in {name!r} is longer than {OPTION_TEXT_LIMIT}: {option[key]!r}"
        if not option["label"].strip():
            yield f"an option in {name!r} has no label"


def chosen_range(select: Json) -> tuple[int, int]:
    """Give how many options may be chosen, at least and at most; Discord takes 1 for what is not said."""
    least, most = select.get("min_values"), select.get("max_values")
    return 1 if least is None else least, 1 if most is None else most


def _select_problems(select: Json) -> Iterator[str]:
    name = select.get("custom_id")
    if not name:
        yield "a select has no custom_id"
        return
    if len(select.get("placeholder") or "") > PLACEHOLDER_LIMIT:
        yield f"the placeholder of {name!r} is longer than {PLACEHOLDER_LIMIT}"
    least, most = chosen_range(select)
    if least > most:
        yield f"{name!r} wants at least {least} and at most {most}"
    if select["type"] == STRING_SELECT:
        options = select.get("options") or []
        yield from _option_problems(name, options, OPTIONS_LIMIT)
        if most > len(options):
            yield f"{name!r} lets {most} be chosen of {len(options)}"


def _section_problems(section: Json) -> Iterator[str]:
    texts = section["components"]
    if not 1 <= len(texts) <= SECTION_TEXTS_LIMIT or any(part["type"] != TEXT_DISPLAY for part in texts):
        yield f"a section holds 1 to {SECTION_TEXTS_LIMIT} text displays"
    if section.get("accessory", {}).get("type") not in {BUTTON, THUMBNAIL}:
        yield "a section needs a button or a thumbnail beside its text"


def _container_problems(container: Json) -> Iterator[str]:
    if not container["components"]:
        yield "a container is empty"
    for part in container["components"]:
        if part["type"] not in INSIDE_A_CONTAINER:
            yield f"a component of type {part['type']} may not stand in a container"
    if not 0 <= (container.get("accent_color") or 0) <= COLOUR_LIMIT:
        yield f"accent colour {container['accent_color']} is none"


def modal_problems(modal: Json) -> Iterator[str]:
    """Name every limit that a modal breaks."""
    title, top = modal.get("title") or "", modal.get("components") or []
    if not 1 <= len(title) <= MODAL_TITLE_LIMIT:
        yield f"the modal's title {title!r} has {len(title)} characters, 1 to {MODAL_TITLE_LIMIT} are allowed"
    if not 1 <= len(modal.get("custom_id") or "") <= CUSTOM_ID_LIMIT:
        yield f"the modal's custom_id {modal.get('custom_id')!r} must have 1 to {CUSTOM_ID_LIMIT} characters"
    if not 1 <= len(top) <= MODAL_PARTS_LIMIT:
        yield f"the modal has {len(top)} parts, 1 to {MODAL_PARTS_LIMIT} are allowed"
    for part in top:
        if part["type"] not in {ACTION_ROW, LABEL, TEXT_DISPLAY}:
            yield f"a component of type {part['type']} may not stand at the top level of a modal"
        if part["type"] == LABEL:
            yield from _label_problems(part)
    parts = list(walk(top))
    yield from _part_problems(parts)
    for part in parts:
        if part["type"] == TEXT_INPUT:
            yield from _input_problems(part)
        elif part["type"] in {RADIO_GROUP, CHECKBOX_GROUP}:
            yield from _option_problems(part["custom_id"], part.get("options") or [], CHOICES_OF_GROUP_LIMIT)


def _label_problems(label: Json) -> Iterator[str]:
    if not 1 <= len(label.get("label") or "") <= LABEL_LIMIT:
        yield f"the label {label.get('label')!r} must have 1 to {LABEL_LIMIT} characters"
    if len(label.get("description") or "") > LABEL_DESCRIPTION_LIMIT:
        yield f"the description below {label['label']!r} is longer than {LABEL_DESCRIPTION_LIMIT}"
    if label["component"]["type"] not in INSIDE_A_LABEL:
        yield f"a component of type {label['component']['type']} may not stand in a label"


def _input_problems(field: Json) -> Iterator[str]:
    name = field.get("custom_id")
    most = field.get("max_length") or INPUT_LIMIT
    if most > INPUT_LIMIT:
        yield f"the input {name!r} takes {most} characters, {INPUT_LIMIT} are the most"
    if (field.get("min_length") or 0) > most:
        yield f"the input {name!r} wants at least {field['min_length']} and at most {most} characters"
    if len(field.get("value") or "") > most:
        yield f"the input {name!r} begins with {len(field['value'])} characters, {most} are the most"
    if len(field.get("placeholder") or "") > INPUT_PLACEHOLDER_LIMIT:
        yield f"the placeholder of {name!r} is longer than {INPUT_PLACEHOLDER_LIMIT}"
