"""The words in every language: nothing is missing, nothing is broken, every name fits Discord's rules."""

from __future__ import annotations

import ast
import re
import string
import unicodedata
from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord.app_commands import locale_str

from bot.wire.page.language import LANGUAGES, NAME, CommandTranslator, language_of, words_for
from knowledge.errors import Message
from tests.discord.loopback.rules.commands import tree_problems
from tests.wire.page.catalogues import TRANSLATED, command_tree, extracted, heard, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Catalog

MENU = {"What each side says"}
"""Names of message menus may hold spaces and capitals."""

COMMAND = re.compile(r"`/([a-z]+(?: [a-z]+)?)`")
DESCRIPTION = 100
OPTION = 100


def fields_of(text: str) -> list[str]:
    """List the fields that a text has, each as often as it stands there."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def pairs(catalogue: Catalog) -> Iterator[tuple[str | None, str, str]]:
    """Give the context, the English words and the translation of each message, once for each of its forms."""
    for message in catalogue:
        if message.id:
            sources = [message.id] if isinstance(message.id, str) else message.id
            texts = message.string if isinstance(message.string, list | tuple) else [message.string or ""]
            yield from ((message.context, source, text) for source, text in zip(sources, texts, strict=True))


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    """Give everything that the bot says."""
    return extracted()


def sayings() -> Iterator[tuple[str, str, ast.Call]]:
    """Give every call that takes words for people to read: its function, where it stands, and itself."""
    for path in heard():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = ast.unparse(node.func).rpartition(".")[2]
                if name in {"Message", "UserError", "words", "_words", "to_say", "__init__"}:
                    yield name, f"{path}:{node.lineno}: {ast.unparse(node)}", node


def test_what_people_read_is_a_constant_and_never_put_together() -> None:
    """A text with values in it is in no catalogue: values go beside it, and a language puts them where it wants."""
    parts = [(place, each) for _, place, call in sayings() for each in ast.walk(call.args[0])]
    built = [place for place, each in parts if isinstance(each, ast.JoinedStr | ast.BinOp | ast.IfExp)]
    formatted = [place for place, each in parts if isinstance(each, ast.Attribute) and each.attr == "format"]
    assert len(parts) > 500
    assert built + formatted == []


def test_every_field_of_what_people_read_has_a_value() -> None:
    """And every value a field."""
    wrong = []
    for name, place, call in sayings():
        given = {keyword.arg for keyword in call.keywords}
        for each in call.args:
            if (
                name != "to_say"
                and None not in given
                and isinstance(each, ast.Constant)
                and isinstance(each.value, str)
            ):
                wrong += [place] if ({*fields_of(each.value)} ^ given) - {"number"} else []
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated_and_none_is_left_over(language: str, wanted: Catalog) -> None:
    """`make words` adds the missing ones, to be translated by hand."""
    translated = {(context, source) for context, source, text in pairs(read(language)) if text}
    every = {(context, source) for context, source, _ in pairs(read(language))}
    assert translated == every == {(context, source) for context, source, _ in pairs(wanted)}


@pytest.mark.parametrize("language", TRANSLATED)
def test_compiled_catalogue_is_the_one_that_is_written(language: str) -> None:
    """Who changes one forgets no other; both are kept, so that no build needs Babel."""
    written, compiled = read(language), read(language, "mo")
    assert sorted(pairs(compiled), key=str) == sorted(pairs(written), key=str)
    assert compiled.plural_forms == written.plural_forms


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_said_with_its_values(language: str, wanted: Catalog) -> None:
    """A field that is gone or misspelt would break the sentence, or lose a number; only "one quote" may do without."""
    words = words_for(language)
    for message in filter(lambda each: each.id, wanted):
        templates = (message.id,) if isinstance(message.id, str) else message.id
        for number in (1, 5):
            values = {field: f"«{field}»" for field in fields_of(templates[-1])} | {"number": number}
            said = words(Message(*templates, **values))
            lost = {field for field in fields_of(templates[-1]) if str(values[field]) not in said}
            assert lost <= ({"number"} if number == 1 else set()), said


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_markdown_and_edges(language: str) -> None:
    """Bold stays in pairs, and no white space or line break appears or goes."""
    for _, source, text in pairs(read(language)):
        assert text == text.strip() or source != source.strip(), text
        assert text.count("\n") == source.count("\n"), text
        assert text.count("**") == source.count("**"), text
        assert text == unicodedata.normalize("NFC", text), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_commands_in_sentences_are_named_as_discord_shows_them(language: str) -> None:
    """Who is told to type a command finds it in the menu under that very name."""
    every = list(pairs(read(language)))
    names = {source: text for context, source, text in every if context == NAME}
    commands = {command.name for command in command_tree().get_commands()}
    for _, source, text in every:
        for typed in COMMAND.findall(source):
            if typed.split()[0] in commands:
                shown = "`/" + " ".join(names[word] for word in typed.split()) + "`"
                assert shown in text, (source, shown)


@pytest.mark.parametrize("language", TRANSLATED)
def test_names_obey_discord(language: str) -> None:
    """Lower case, 1 to 32 letters, digits, hyphens and underscores of any script."""
    for context, source, name in pairs(read(language)):
        if context == NAME and source not in MENU:
            assert 1 <= len(name) <= 32, name
            assert name == name.lower(), name
            # Devanagari writes vowels as marks, which Discord allows in that script.
            assert all(unicodedata.category(sign)[0] in "LNM" or sign in "-_" for sign in name), name


@pytest.mark.parametrize("locale", ["en-US", "de", "es-ES", "es-419", "hi"])
async def test_commands_fit_discord_in_every_language(locale: str) -> None:
    """Names that stand beside each other differ, and descriptions and choices have at most 100 characters."""
    tree = command_tree()
    translator = CommandTranslator()
    payload = [await command.get_translated_payload(tree, translator) for command in tree.get_commands()]
    assert list(tree_problems(payload)) == []
    for beside in _levels(payload):
        names = [each.get("name_localizations", {}).get(locale, each["name"]) for each in beside]
        assert len(set(names)) == len(names)
        for each in beside:
            texts = [each.get("description", ""), *each.get("description_localizations", {}).values()]
            assert max(map(len, texts)) <= DESCRIPTION
            for choice in each.get("choices", ()):
                assert max(map(len, choice.get("name_localizations", {"": ""}).values())) <= OPTION


def _levels(level: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    yield level
    for each in level:
        options = each.get("options")
        if isinstance(options, list) and options:
            yield from _levels(options)


def test_words_are_chosen_by_the_first_preference_that_is_known() -> None:
    """A guild's setting comes first, then the person's own app; else it is English."""
    assert words_for("de", discord.Locale.hindi).language == "de"
    assert words_for(None, discord.Locale.latin_american_spanish).language == "es"
    assert words_for("fr", discord.Locale.hindi).language == "hi"
    assert words_for(discord.Locale.british_english, "de").language == "en"
    assert words_for().language == "en"
    assert language_of("") is None


def test_english_is_said_as_it_is_written() -> None:
    """With its values, whatever braces they hold."""
    words = words_for("en")
    assert words("{side}: nothing", side="{x}") == "{side}: nothing".replace("{side}", "{x}")
    assert words.count("{number} quote", "{number} quotes", 1) == "1 quote"
    assert words.count("{number} quote", "{number} quotes", 0) == "0 quotes"
    assert words("a brace { alone") == "a brace { alone"


@pytest.mark.parametrize("language", TRANSLATED)
def test_busy_is_said_in_every_language(language: str) -> None:
    """As a sentence with its number, for one and for many."""
    words = words_for(language)
    one = "Many people are asking – please wait {number} second."
    many = "Many people are asking – please wait {number} seconds."
    assert re.search(r"\b1\b", words.count(one, many, 1))
    assert re.search(r"\b3\b", words.count(one, many, 3))
    assert words.count(one, many, 3) != many.format(number=3)


async def test_translator_leaves_english_and_unknown_languages_alone() -> None:
    """Discord shows the command's own name there."""
    translator = CommandTranslator()
    context: Any = discord.app_commands.TranslationContext(discord.app_commands.TranslationContextLocation.other, None)
    for locale in (discord.Locale.american_english, discord.Locale.french):
        assert await translator.translate(locale_str("ask"), locale, context) is None


def test_languages_name_themselves() -> None:
    """So that people find their own."""
    assert LANGUAGES == {"en": "English", "de": "Deutsch", "es": "Español", "hi": "हिन्दी"}
