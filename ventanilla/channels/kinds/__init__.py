"""One folder a kind. Importing this package plugs every kind into `contract.kinds`."""

from .web import kind as web
from .whatsapp import kind as whatsapp

__all__ = ["web", "whatsapp"]
