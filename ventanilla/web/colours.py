"""A network's accent colour, adjusted until text in it and on it can be read in light and in dark."""

from colorsys import hls_to_rgb, rgb_to_hls

LIGHT_PAPER, DARK_PAPER, WHITE = "#fffdf8", "#121817", "#ffffff"
# WCAG asks for 4.5 (AA) and 7 (AAA); links stand in running text, so they get some more than AA.
READABLE, EASY = 5.5, 7.0
STEPS = 50


def contrast(one: str, other: str) -> float:
    """Contrast of two colours such as #0b5d63, from 1 (none) to 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def accent_css(accent: str) -> str:
    """Rules that set two tokens of the style sheet: --accent for text, --panel to lie under white text."""
    light = _moved(accent, towards=0.0, against=LIGHT_PAPER, least=READABLE)
    dark = _moved(accent, towards=1.0, against=DARK_PAPER, least=EASY)
    panel = _moved(accent, towards=0.0, against=WHITE, least=READABLE)
    return (
        f":root{{--accent:{light};--panel:{panel}}}"
        f"@media(prefers-color-scheme:dark){{:root{{--accent:{dark}}}}}"
    )


def _moved(colour: str, *, towards: float, against: str, least: float) -> str:
    """The colour with its lightness moved no further than the contrast needs."""
    if contrast(colour, against) >= least:
        return colour
    hue, lightness, saturation = rgb_to_hls(*_channels(colour))
    steps = (lightness + (towards - lightness) * step / STEPS for step in range(STEPS + 1))
    shades = (_written(*hls_to_rgb(hue, moved, min(saturation, 0.75))) for moved in steps)
    return next(shade for shade in shades if contrast(shade, against) >= least)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _written(*channels: float) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
