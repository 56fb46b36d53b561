"""Colours as eyes see them: contrast, and how they look to those that lack one kind of cone."""

from __future__ import annotations

from typing import Final

Channels = tuple[float, float, float]
"""Red, green and blue, linear (0..1)."""

LACKING: Final[dict[str, tuple[Channels, Channels, Channels]]] = {
    "red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""By the cones that are missing, what becomes of each channel (Machado, Oliveira and Fernandes 2009, severity 1)."""


def linear(colour: str) -> Channels:
    """Give the linear channels of #rgb or #rrggbb (WCAG 2.2, definition of relative luminance)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    red, green, blue = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return _linear(red), _linear(green), _linear(blue)


def seen_without(cones: str, colour: Channels) -> Channels:
    """Give a colour as it looks without one kind of cones, a key of LACKING."""
    red, green, blue = (
        min(1.0, max(0.0, sum(factor * channel for factor, channel in zip(row, colour, strict=True))))
        for row in LACKING[cones]
    )
    return red, green, blue


def contrast(one: Channels, other: Channels) -> float:
    """Give the contrast of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _luminance(colour: Channels) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]
