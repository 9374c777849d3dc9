"""The retrieval engine: units in, a ranking with a verdict out; knows nothing of Django.

`Index.build` reads units, `Index.ask` answers a question; see docs/reference/answers.md for how and how well.
"""

from .encoders import Encoder, default_encoders
from .index import Index
from .ranking import Hit, Ranking
from .storage import IndexMissing, IndexOutdated
from .units import Unit, units_of

__all__ = [
    "Encoder",
    "Hit",
    "Index",
    "IndexMissing",
    "IndexOutdated",
    "Ranking",
    "Unit",
    "default_encoders",
    "units_of",
]
