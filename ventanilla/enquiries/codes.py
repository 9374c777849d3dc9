"""Codes that people say aloud or type: of a case among colleagues, of a person who comes back."""

import secrets

# No letter or digit that is mistaken for another when read aloud or written by hand.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
RETURN_DIGITS = 16


def new_case_code(hub_ref: str) -> str:
    """Such as "UPA-7K3M2": tells the hub, not how many cases it has; about 33 million a hub."""
    place = "".join(letter for letter in hub_ref.rsplit("-hub-", 1)[-1].upper() if letter.isalpha())
    return f"{place[:3] or 'HUB'}-{''.join(secrets.choice(LETTERS) for _ in range(5))}"


def new_return_code() -> str:
    """Sixteen random digits: easy to keep on paper or in one's head in four groups, too many to guess."""
    return "".join(secrets.choice("0123456789") for _ in range(RETURN_DIGITS))


def return_code_from(secret: bytes) -> str:
    """The return code that this secret of at least 16 bytes stands for; as many to guess as of any other."""
    return str(int.from_bytes(secret) % 10**RETURN_DIGITS).zfill(RETURN_DIGITS)


def grouped(code: str) -> str:
    """As people read it: 1234 5678 9012 3456."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def plain(typed: str) -> str:
    """What somebody typed, digits only; empty when it cannot be a return code."""
    digits = "".join(character for character in typed if character.isdecimal() and character.isascii())
    return digits if len(digits) == RETURN_DIGITS else ""
