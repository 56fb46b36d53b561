from hypothesis import given
from hypothesis import strategies as st

from bot.log.connection import storable


def test_nul_and_lone_surrogates_become_the_replacement_character() -> None:
    """One character each, the rest untouched, pairs that are one emoji included."""
    assert storable("a\x00b\ud83dc\U0001f600") == "a\ufffdb\ufffdc\U0001f600"


def test_texts_inside_lists_and_mappings_are_made_storable() -> None:
    """Numbers and None pass; a tuple becomes a list, as JSON has it."""
    assert storable({"a": ["\x00", 1, None], "b": ("x",)}) == {"a": ["\ufffd", 1, None], "b": ["x"]}


@given(st.text(st.characters(exclude_categories=[])))
def test_every_text_can_be_encoded_afterwards(text: str) -> None:
    """Whatever comes in has UTF-8 and no NUL, and as many characters as before."""
    result = storable(text)
    assert b"\x00" not in result.encode()
    assert len(result) == len(text)
