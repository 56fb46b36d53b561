"""Which addresses may stand for Discord's."""

from __future__ import annotations

import pytest

from bot.config.sections import checked_api_base, checked_gateway, is_private


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("", ""),
        ("https://discord.example/api/v10", "https://discord.example/api/v10"),
        ("https://discord.example/api/v10/", "https://discord.example/api/v10"),
        ("http://127.0.0.1:8080/api/v10", "http://127.0.0.1:8080/api/v10"),
        ("http://[::1]:8080/api/v10", "http://[::1]:8080/api/v10"),
        ("http://nirn-proxy:8080/api/v10", "http://nirn-proxy:8080/api/v10"),
        ("http://proxy.internal/api/v10", "http://proxy.internal/api/v10"),
        ("http://10.1.2.3/api", "http://10.1.2.3/api"),
    ],
)
def test_addresses_of_the_api(given: str, used: str) -> None:
    """Encrypted anywhere, plain where it is private; a slash at the end is taken off."""
    assert checked_api_base(given) == used


@pytest.mark.parametrize(
    "given",
    [
        "http://discord.example/api",
        "http://8.8.8.8/api",
        "http://134744072/api",
        "http://0x08080808/api",
        "http://0.0.0.0/api",
        "ws://127.0.0.1",
        "127.0.0.1:8080",
        "https://",
        "https://name:word@discord.example/api",
        "https://discord.example/api?x=1",
        "http://localhost:99999",
    ],
)
def test_addresses_that_would_give_the_token_away_or_lead_nowhere(given: str) -> None:
    """They are refused before anything is sent."""
    with pytest.raises(ValueError, match=r"address|encryption|[Pp]ort"):
        checked_api_base(given)


def test_addresses_of_the_gateway() -> None:
    """The same with the other schemes."""
    assert checked_gateway("ws://localhost:7878/") == "ws://localhost:7878"
    assert checked_gateway("wss://gateway.example") == "wss://gateway.example"
    with pytest.raises(ValueError, match="use wss://"):
        checked_gateway("ws://gateway.example")


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("localhost", True),
        ("bot.localhost", True),
        ("192.168.0.7", True),
        ("fd00::1", True),
        ("discord.com", False),
        ("internal.example.com", False),
        ("1.1.1.1", False),
        ("2606:4700::1111", False),
        ("evil。com", False),
        ("evil\uff0ecom", False),
        ("8。8。8。8", False),
        ("１３４７４４０７２", False),  # noqa: RUF001 - 8.8.8.8 in digits of another width
        ("evil%2ecom", False),
        ("bücher。internal", True),
        ("１２７。0。0。1", True),  # noqa: RUF001 - as above
    ],
)
def test_private_hosts(host: str, private: bool) -> None:  # noqa: FBT001 - a column of the table
    """Judged by address or by name, in whatever script they are written."""
    assert is_private(host) is private
