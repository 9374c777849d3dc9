"""A mark in every form of the chat, by which the same form sent twice says something once.

On a bad line the page with the return code may never come. Who then sends the first form once more gets the
same code: it is made of the form's mark and the words. That holds for a short time, since the next person at
a borrowed telephone may find the form again.
"""

import hashlib
from datetime import timedelta
from secrets import token_urlsafe

from django.core import signing
from django.utils.crypto import salted_hmac

from ventanilla.enquiries import codes

_SIGNER = signing.TimestampSigner(salt="ventanilla.web.chat")
BEGINS_WITHIN = timedelta(minutes=15)
LONGEST = 200


def new_mark() -> str:
    return _SIGNER.sign(token_urlsafe(16))


def message_number(typed: str, code: str, said: str, content: bytes = b"") -> str:
    """The same for the same words and file in the same form; a new one where the mark is none of ours."""
    mark = _known(typed)
    if not mark:
        return codes.new_return_code()
    parts = [mark, code, said, hashlib.sha256(content).hexdigest()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def first_code(typed: str, said: str) -> str:
    """The return code of a conversation that begins with these words in this form."""
    mark = _known(typed, within=BEGINS_WITHIN)
    if not mark:
        return codes.new_return_code()
    seed = salted_hmac("ventanilla.web.chat.code", f"{mark}\0{said}", algorithm="sha256")
    return codes.return_code_from(seed.digest())


def _known(typed: str, *, within: timedelta | None = None) -> str:
    """A mark that this house has made, and not too long ago; else ""."""
    try:
        return _SIGNER.unsign(typed[:LONGEST], max_age=within)
    except signing.BadSignature:
        return ""
