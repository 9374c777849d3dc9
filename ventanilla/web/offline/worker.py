"""The service worker's text: its settings and sentences, then the program itself."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from ..assets import asset, asset_path
from .paths import shared_paths

# How long the network may take before a kept copy is shown, in milliseconds.
WAITS = 4000


def worker_text() -> str:
    """The whole worker; it changes, and phones take the new one, when its program or its shell does."""
    program = asset("sw.js").decode()
    facts = {
        "shell": [*shared_paths(), asset_path("site.css"), asset_path("offline.js")],
        "waits": WAITS,
        "leave": reverse("leave"),
        "sentences": {language: _sentences(language) for language in settings.PUBLIC_LANGUAGES},
    }
    version = hashlib.sha256((json.dumps(facts) + program).encode()).hexdigest()[:8]
    return f"const settings = {_as_script({'version': version, **facts})};\n{program}"


def _sentences(language: str) -> dict[str, str]:
    with override(language):
        return {
            "kept": _(
                "The connection does not answer. This copy was kept on {day}; things may have changed."
            ),
            "away": _("The connection does not answer, and this page is not kept on this phone."),
            "expired": _(
                "What you asked for had to be checked again by now, so the kept copy is not shown. "
                "Ask again when you have a connection."
            ),
            "asked": _("The connection does not answer. This was found in the copy that this phone keeps."),
        }


def _as_script(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=True, indent=1)
