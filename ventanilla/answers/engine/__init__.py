"""The retrieval engine: units in, a ranking with a verdict out; knows nothing of Django.

`Index.build` reads units, `Index.ask` answers a question; see docs/reference/answers.md for how and how well.
"""

from .encoders import Encoder, EncoderAway, default_encoders
from .endpoint import Endpoint
from .index import Index
from .ranking import Hit, Ranking
from .storage import IndexMissing, IndexOutdated, is_usable
from .units import Unit, units_of

__all__ = [
    "Encoder",
    "EncoderAway",
    "Endpoint",
    "Hit",
    "Index",
    "IndexMissing",
    "IndexOutdated",
    "Ranking",
    "Unit",
    "default_encoders",
    "is_usable",
    "units_of",
]
