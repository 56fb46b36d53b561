from __future__ import annotations

from bot.wire.channel import nonce_of


def test_the_same_thing_has_the_same_nonce_and_another_thing_another() -> None:
    """On every machine; of a length that Discord takes."""
    assert nonce_of("quiz", "f" * 32, 1) == "c9f3b50797ef1b925b523b244"
    nonces = {nonce_of(what, "f" * 32, number) for what in ("quiz", "answer") for number in range(100)}
    assert len(nonces) == 200
    assert all(len(nonce) == 25 for nonce in nonces)
