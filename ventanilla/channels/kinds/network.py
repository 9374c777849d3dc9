"""Which machines are near enough to be spoken with without encryption."""

import ipaddress


def is_near(host: str) -> bool:
    """A machine in the hub's own network, such as a telephone with a gateway on it, or this one."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_private
    except ValueError:
        return False
