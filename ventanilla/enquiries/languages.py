"""Languages that people on the move speak, far more than the pages do, to find somebody who speaks one."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_OTHERS: dict[str, str | Promise] = {
    "am": _("Amharic"), "ar": _("Arabic"), "ay": _("Aymara"), "bm": _("Bambara"), "bn": _("Bengali"),
    "cak": _("Kaqchikel"), "cab": _("Garifuna"), "de": _("German"), "fa": _("Persian, Dari"),
    "ff": _("Fula"), "gn": _("Guarani"), "ha": _("Hausa"), "hi": _("Hindi"), "ig": _("Igbo"),
    "it": _("Italian"), "jam": _("Creole English of the Caribbean"), "kek": _("Q'eqchi'"), "ln": _("Lingala"),
    "mam": _("Mam"), "miq": _("Miskito"), "nah": _("Nahuatl"), "ne": _("Nepali"), "om": _("Oromo"),
    "pa": _("Punjabi"), "ps": _("Pashto"), "pt": _("Portuguese"), "qu": _("Quechua"), "quc": _("K'iche'"),
    "ru": _("Russian"), "sgn": _("Sign language of the country"), "so": _("Somali"), "sw": _("Swahili"),
    "ti": _("Tigrinya"), "tr": _("Turkish"), "uk": _("Ukrainian"), "ur": _("Urdu"), "uz": _("Uzbek"),
    "vi": _("Vietnamese"), "wo": _("Wolof"), "yo": _("Yoruba"), "yua": _("Yucatec Maya"), "zh": _("Chinese"),
}  # fmt: skip


def spoken() -> list[tuple[str, str]]:
    """Code and name: the languages of the pages first, then the others by name."""
    others = sorted(
        ((code, str(name)) for code, name in _OTHERS.items()), key=lambda pair: pair[1].casefold()
    )
    return [*((code, str(name)) for code, name in settings.LANGUAGES), *others]


def language_name(code: str) -> str:
    """A language as staff read it; the code where none of this name is known."""
    return dict(spoken()).get(code, code)
