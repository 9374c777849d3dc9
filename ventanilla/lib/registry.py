"""The socket a lower app offers so that a higher one can plug in without being imported."""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


class Registry(dict[str, T]):
    """A socket a lower app offers; upper apps plug in from AppConfig.ready()."""

    def add(self, *keys: str) -> Callable[[T], T]:
        """Plug the decorated thing in under each key. Raises ImproperlyConfigured when one is taken."""

        def plug(thing: T) -> T:
            for key in keys:
                if key in self:
                    raise ImproperlyConfigured(f"{key!r} is registered twice.")
                self[key] = thing
            return thing

        return plug
