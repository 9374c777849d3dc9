"""Where somebody holds a right. Privacy lies below the hubs, so it asks them through a socket.

Closed by default: without an answer, nowhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ventanilla.lib.registry import Registry


@dataclass(frozen=True, slots=True)
class Reach:
    """Where somebody holds a right: everywhere, in whole countries (codes), in single hubs (references)."""

    everywhere: bool = False
    countries: frozenset[str] = frozenset()
    hubs: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.countries or self.hubs)

    def covers(self, country: str, *, hub: str = "") -> bool:
        return self.everywhere or country in self.countries or (bool(hub) and hub in self.hubs)


NOWHERE = Reach()

# The app that knows the roles plugs in under "rights": (user, right) -> Reach.
answers: Registry[Callable[[Any, str], Reach]] = Registry()


def reach(user: Any, right: str) -> Reach:
    """Where this member of the staff holds a right, named as in `hubs.rights.Right`."""
    answer = answers.get("rights")
    return answer(user, right) if answer else NOWHERE
