"""Data-protection impact assessments, one per kind of channel, and who signed them for which place.

What is known of a kind stands in `kinds/`, with its sources; the document is made of it. Nothing here says
that a channel is safe: it says who sees what, what can happen, what is done, and who answers for it.
"""

from .drawing import as_file, document
from .reading import LEVELS, Assessment, AssessmentRefused, Level, all_assessments, level_of
from .signing import (
    MayNotSign,
    SamePerson,
    TooDangerous,
    capacities_of,
    is_signed,
    missing,
    missing_among,
    needed,
    sign,
    withdraw,
)

__all__ = [
    "LEVELS",
    "Assessment",
    "AssessmentRefused",
    "Level",
    "MayNotSign",
    "SamePerson",
    "TooDangerous",
    "all_assessments",
    "as_file",
    "capacities_of",
    "document",
    "is_signed",
    "level_of",
    "missing",
    "missing_among",
    "needed",
    "sign",
    "withdraw",
]
