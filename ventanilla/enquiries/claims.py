"""Does this text state a procedure, a fee or a date? Such a claim should quote where it stands (P1)."""

# ruff: noqa: E501 (an expression reads better whole)

import re

_MONTHS = (
    "enero|febrero|marzo|abril|mayo|junio|julio|agosto|se[pt]{1,2}iembre|octubre|noviembre|diciembre"
    "|january|february|march|april|june|july|august|september|october|november|december"
    "|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|janvye|fevriye|mas|avril|jen|jiyè|out|septanm|oktòb|novanm|desanm"
)
_MONEY = (
    r"[$₡€]\s?\d|\d\s?(usd|crc|gtq|hnl|nio|mxn|bzd|jmd|dop|htg|pab)\b"
    r"|\d\s?(d[oó]lar|dollar|colon|quetzal|lempira|c[oó]rdoba|peso|gourde|goud|euro)"
)
_DATE = rf"\b\d{{1,2}}(º|er|st|nd|rd|th)?\s(de\s)?({_MONTHS})\b|\b({_MONTHS})\s\d{{1,2}}\b|\b\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}\b"
_DELAY = r"\b\d+\s?(d[ií]as?|mes(es)?|semanas?|a[ñn]os?|days?|weeks?|months?|years?|jours?|semaines?|mois|ans?|jou|semèn|mwa)\b"
_DEMAND = (
    r"\brequisitos?\b|\bdebe(n|r[aá])?\s(presentar|llevar|traer|pagar|solicitar)|\btiene que (presentar|pagar|llevar)"
    r"|\b(must|need to|have to) (bring|present|pay|apply|show)|\brequired documents?\b"
    r"|\bdoi(t|vent|vez) (présenter|apporter|payer|demander)|\bpièces? (exigées?|à fournir)"
    r"|\b(dwe|fòk ou) (pote|prezante|peye|mande)"
)
_LAW = r"\b(ley|decreto|art[ií]culo|law|act|decree|article|loi|décret|lwa|dekrè|atik)\s(n[.º°o]{1,2}\s?)?\d"

KINDS: dict[str, re.Pattern[str]] = {
    "fee": re.compile(_MONEY, re.IGNORECASE),
    "date": re.compile(f"{_DATE}|{_DELAY}", re.IGNORECASE),
    "procedure": re.compile(f"{_DEMAND}|{_LAW}", re.IGNORECASE),
}


def claims(text: str) -> list[str]:
    """Which kinds of claim a text seems to make: fee, date, procedure. It may err on the side of asking."""
    return [kind for kind, pattern in KINDS.items() if pattern.search(text)]
