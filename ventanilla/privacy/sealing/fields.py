"""Model fields whose values are sealed in the database and opened only when somebody reads them."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from uuid import uuid4

from django.core.exceptions import FieldError
from django.db import models

from . import cipher, keys

_stays_shut: ContextVar[bool] = ContextVar("stays_shut", default=False)


@contextmanager
def without_opening() -> Iterator[None]:
    """Reading an attribute gives what is held, for moving values about without any key."""
    token = _stays_shut.set(True)
    try:
        yield
    finally:
        _stays_shut.reset(token)


class Sealed:
    """A value as it stands in the database."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def __repr__(self) -> str:
        return "<sealed>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and other.raw == self.raw

    def __hash__(self) -> int:
        return hash(self.raw)


class Dumped(Sealed):
    """A value out of a dump: it is written as it stands, and opens once it is read from the database."""

    __slots__ = ()


class _Open:
    """A value in the clear, and its sealed form when it has one. Never leaves the process in the clear."""

    __slots__ = ("before", "place", "plain", "sealed")

    def __init__(
        self, plain: Any, sealed: Sealed | None = None, before: bytes = b"", place: bytes = b""
    ) -> None:
        self.plain, self.sealed, self.before, self.place = plain, sealed, before, place

    def __repr__(self) -> str:
        return "<sealed>"

    def __reduce__(self) -> Any:
        if self.sealed is None:
            raise TypeError("A value that is not sealed yet is not pickled: save its row first.")
        return Sealed, (self.sealed.raw,)


class _Attribute:
    """Opens on reading; notes on writing."""

    def __init__(self, field: "SealedField[Any]") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        held = instance.__dict__[name]
        if _stays_shut.get() or isinstance(held, Dumped):
            return held
        if isinstance(held, Sealed):
            held = instance.__dict__[name] = self.field.opened(instance, held)
        return held.plain if isinstance(held, _Open) else held

    def __set__(self, instance: models.Model, value: Any) -> None:
        is_held = value is None or isinstance(value, Sealed | _Open)
        instance.__dict__[self.field.attname] = value if is_held else _Open(value)


T = TypeVar("T")

if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault

    Text = TypeVarWithDefault("Text", default=str)
    Column = models.BinaryField[T, T]
else:
    Text = TypeVar("Text")

    class Column(models.BinaryField):
        """A column of bytes that tells type checkers what it reads as."""

        def __class_getitem__(cls, _reads_as):
            return cls


class SealedField(Column[T]):
    """Bytes sealed under the row's `sealed_under` key, bound to their row and column."""

    description = "A sealed value"

    def to_bytes(self, value: Any) -> bytes:
        raise NotImplementedError

    def from_bytes(self, raw: bytes) -> Any:
        raise NotImplementedError

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only=private_only)
        setattr(cls, self.attname, _Attribute(self))

    def place(self, instance: Any) -> bytes:
        """Where a value belongs: nowhere else does it open."""
        model = instance._meta.concrete_model._meta.label_lower
        return cipher.place([model, self.name, instance.pk.hex, instance.sealed_under.hex])

    def opened(self, instance: Any, sealed: Sealed) -> _Open:
        """The value in the clear. Raises KeyDestroyed, or NotGenuine when it was tampered with."""
        place = self.place(instance)
        raw = cipher.unseal(keys.key(instance.sealed_under), sealed.raw, at=place)
        return _Open(self.from_bytes(raw), sealed, raw, place)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        held = model_instance.__dict__.get(self.attname)
        if not isinstance(held, _Open):
            return held
        if model_instance.sealed_under is None:  # type: ignore[attr-defined]
            raise ValueError(f"{self} needs a key: set sealed_under first.")
        raw, place = self.to_bytes(held.plain), self.place(model_instance)
        # A list or mapping may have been changed in place since it was opened, and a row may get a new key.
        if held.sealed is None or raw != held.before or place != held.place:
            aes = keys.key(model_instance.sealed_under)  # type: ignore[attr-defined]
            held.sealed, held.before, held.place = Sealed(cipher.seal(aes, raw, at=place)), raw, place
        return held.sealed

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, _Open):
            value = value.sealed
        if isinstance(value, Sealed):
            return value.raw
        if value is None or hasattr(value, "resolve_expression"):
            return value
        self._refuse()

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        raw = value if prepared else self.get_prep_value(value)
        return connection.Database.Binary(raw) if isinstance(raw, bytes) else raw

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            self._refuse()
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise FieldError(f"{self.name} is sealed: it is not searched or written in bulk; use a digest.")

    def value_from_object(self, obj: Any) -> Any:
        """For serializers and backups: the sealed form only."""
        held = obj.__dict__.get(self.attname)
        return held.sealed if isinstance(held, _Open) else held

    def value_to_string(self, obj: Any) -> str:
        held = self.value_from_object(obj)
        return "" if held is None else base64.b64encode(held.raw).decode()

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            return Dumped(base64.b64decode(value)) if value else None
        return value

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """What a person typed stays as it is; forms of their own check it."""
        return value

    def get_default(self) -> Any:
        return None if self.null else self.empty_value()

    def empty_value(self) -> Any:
        raise NotImplementedError


class SealedText(SealedField[Text]):
    """A sealed text; reads and writes as `str`. One that may be NULL is a `SealedText[str | None]`."""

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode()

    def from_bytes(self, raw: bytes) -> str:
        return raw.decode()

    def empty_value(self) -> str:
        return ""


class SealedJSON(SealedField[Any]):
    """A sealed value of numbers, texts, lists and mappings."""

    def to_bytes(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

    def from_bytes(self, raw: bytes) -> Any:
        return json.loads(raw)

    def empty_value(self) -> dict[str, Any]:
        return {}


class SealedModel(models.Model):
    """A row with sealed columns. Its id is known before it is saved, because values are bound to it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    sealed_under = models.UUIDField(db_index=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_erased(self) -> bool:
        """Whether the key of this row is gone, so that its words cannot be read any more."""
        return keys.gone(self.sealed_under) is not None

    @property
    def erased_at(self) -> datetime | None:
        """When the key of this row was destroyed, if it was."""
        gone = keys.gone(self.sealed_under)
        return gone.at if gone else None

    def refresh_from_db(self, *args: Any, **options: Any) -> None:
        """Read the row again; what is sealed stays shut until somebody reads it."""
        with without_opening():
            super().refresh_from_db(*args, **options)
