"""A coarse word for the browser somebody uses, so that they know their sessions apart.

Versions, models and everything else that tells one browser from a thousand others are dropped.
"""

import re

_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone|iPod"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("Mac", r"Macintosh|Mac OS X"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)


def device_word(user_agent: str) -> str:
    """As in "Firefox, Android"; empty for what is not known."""
    said = user_agent[:400]
    found = (_first(_BROWSERS, said), _first(_SYSTEMS, said))
    return ", ".join(word for word in found if word)


def _first(words: tuple[tuple[str, str], ...], said: str) -> str:
    return next((word for word, pattern in words if re.search(pattern, said)), "")
