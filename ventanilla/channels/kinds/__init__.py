"""One folder a kind. Importing this package plugs every kind into `contract.kinds`."""

from .email import kind as email
from .messenger import kind as messenger
from .smpp import kind as smpp
from .sms_http import kind as sms_http
from .staffed import kind as staffed
from .telegram import kind as telegram
from .web import kind as web
from .whatsapp import kind as whatsapp

__all__ = ["email", "messenger", "smpp", "sms_http", "staffed", "telegram", "web", "whatsapp"]
