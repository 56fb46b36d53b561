"""The words of the interface in English, German, Spanish and Hindi. Quotations are never translated.

English sentences are the keys of the gettext catalogues beside this module; what a catalogue lacks stays English.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import discord
from discord import app_commands

from knowledge.errors import Message

if TYPE_CHECKING:
    from discord.app_commands import TranslationContextTypes, locale_str

LANGUAGES: Final = {"en": "English", "de": "Deutsch", "es": "Español", "hi": "हिन्दी"}
"""The languages of the interface, each named in itself."""

SOURCE: Final = "en"

FOLDER: Final = Path(__file__).parent / "locales"

DRAWN: Final = {SOURCE, "de", "es"}
"""Languages of pictures: matplotlib's font has no Devanagari."""

DOMAIN: Final = "dilemma"

NAME: Final = "name"
"""The gettext context of the names of commands and their parameters: they obey Discord's rules for names."""

_NAMES: Final = {
    app_commands.TranslationContextLocation.command_name,
    app_commands.TranslationContextLocation.group_name,
    app_commands.TranslationContextLocation.parameter_name,
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. Call it with a message, or with an English sentence and values for its `{fields}`."""

    language: str
    _catalogue: gettext.NullTranslations

    def __call__(self, sentence: str | Message, /, **values: object) -> str:
        """Return a sentence in this language."""
        return (sentence if isinstance(sentence, Message) else Message(sentence, **values)).said(self._catalogue)

    def count(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Return the form that fits `number`, which fills `{number}`."""
        return Message(one, many, number=number, **values).said(self._catalogue)

    def name(self, name: str) -> str:
        """Return the name of a command or of a parameter in this language."""
        return self._catalogue.pgettext(NAME, name)


def to_say(sentence: str) -> str:
    """Mark a sentence for translation that `words(…)` says later."""
    return sentence


def words_for(*preferences: str | discord.Locale | None) -> Words:
    """Return the words of the first preference that names one of our languages ("de", "es-419"), else English.

    A guild's setting comes before the locale of the person's own app: `words_for(setting, interaction.locale)`.
    """
    for preference in preferences:
        language = language_of(preference)
        if language is not None:
            return _words(language)
    return _words(SOURCE)


def drawn_in(words: Words) -> Words:
    """Return the words of a picture: English where its font lacks the letters."""
    return words if words.language in DRAWN else words_for(SOURCE)


def language_of(preference: str | discord.Locale | None) -> str | None:
    """Return our language for a locale, None for one that we do not speak."""
    language = str(preference or "").partition("-")[0].casefold()
    return language if language in LANGUAGES else None


@cache
def _words(language: str) -> Words:
    if language == SOURCE:
        return Words(language, gettext.NullTranslations())
    return Words(language, gettext.translation(DOMAIN, FOLDER, [language], fallback=True))


class CommandTranslator(app_commands.Translator):
    """Names and describes commands to Discord in each of our languages, when they are synced."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: TranslationContextTypes
    ) -> str | None:
        """Translate one string, None for a locale that is English or none of ours."""
        language = language_of(locale)
        if language is None or language == SOURCE:
            return None
        words = _words(language)
        return words.name(string.message) if context.location in _NAMES else words(string.message)
