"""Short codes that people can read aloud and that say nothing, as in "I-7K3M9P"."""

import secrets

# Without letters and digits that look or sound alike.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_code(prefix: str) -> str:
    """A random code; 31**6 of them, so that two hubs do not meet on one."""
    return f"{prefix}-{''.join(secrets.choice(_SIGNS) for _ in range(6))}"


def new_receipt() -> str:
    """A receipt that a person keeps, as in "R-7K3M-9PQ2-XW4H": long enough that nobody guesses one."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(12))
    return f"R-{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def plain_receipt(typed: str) -> str:
    """A receipt as it is kept, from what somebody typed; empty when it cannot be one."""
    signs = "".join(sign for sign in typed.upper() if sign in _SIGNS)
    signs = signs[1:] if len(signs) == 13 and signs[0] == "R" else signs
    return f"R-{signs[:4]}-{signs[4:8]}-{signs[8:]}" if len(signs) == 12 else ""
