"""Sample people of the demonstration: one per role, and a second pair of eyes for Costa Rica.

Their passwords and the secrets of their apps are public, and they have accepted the undertaking.
"""

from dataclasses import dataclass

from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from ventanilla.accounts import undertaking
from ventanilla.accounts.models import User
from ventanilla.console.demonstration import secret_of
from ventanilla.hubs.models import Country, Hub, Membership, Role


@dataclass(frozen=True, slots=True)
class SamplePerson:
    email: str
    first_name: str
    last_name: str
    role: Role
    country: str = ""
    hub: str = ""

    @property
    def what(self) -> str:
        place = self.hub or self.country.upper() or "network"
        return f"{self.first_name} {self.last_name}, {self.role.value}, {place}"


SAMPLE_STAFF = (
    SamplePerson("rosa@ventanilla.example", "Rosa", "Méndez", Role.REGIONAL),
    SamplePerson("daniel@ventanilla.example", "Daniel", "Vargas", Role.NATIONAL, country="cr"),
    SamplePerson("sofia@ventanilla.example", "Sofía", "Mora", Role.NATIONAL, country="cr"),
    SamplePerson("elena@ventanilla.example", "Elena", "Solís", Role.EDITOR, country="cr"),
    SamplePerson("carmen@ventanilla.example", "Carmen", "Ríos", Role.COORDINATOR, hub="cr-hub-upala"),
    SamplePerson("luis@ventanilla.example", "Luis", "Araya", Role.ADVISER, hub="cr-hub-upala"),
    SamplePerson("nora@ventanilla.example", "Nora", "Salas", Role.ADVISER, hub="cr-hub-paso-canoas"),
    SamplePerson("paula@ventanilla.example", "Paula", "Chaves", Role.PROTECTION, hub="cr-hub-upala"),
    SamplePerson("diego@ventanilla.example", "Diego", "Rojas", Role.DATA_PROTECTION, country="cr"),
    SamplePerson("marie@ventanilla.example", "Marie", "Joseph", Role.NATIONAL, country="ht"),
    SamplePerson("teresa@ventanilla.example", "Teresa", "Campos", Role.TRAINER),
    SamplePerson("oscar@ventanilla.example", "Óscar", "Pineda", Role.OBSERVER, country="cr"),
)


def make_sample_staff(*, password: str) -> None:
    """Make the sample people with their roles; leaves those that exist as they are."""
    for person in SAMPLE_STAFF:
        if not _has_place(person):
            continue
        if User.objects.filter(email=person.email).exists():
            continue
        user = User.objects.create_user(
            person.email, password, first_name=person.first_name, last_name=person.last_name, is_staff=True
        )
        Membership.objects.create(
            user=user,
            role=person.role,
            country=Country.objects.get(code=person.country) if person.country else None,
            hub=Hub.objects.get(ref=person.hub) if person.hub else None,
        )
        _make_ready(user)


def _has_place(person: SamplePerson) -> bool:
    """Whether the country or hub of a person was loaded."""
    if person.hub:
        return Hub.objects.filter(ref=person.hub).exists()
    return not person.country or Country.objects.filter(code=person.country).exists()


def _make_ready(user: User) -> None:
    """An app with the published secret, so that a newcomer can go on; the undertaking accepted."""
    TOTP.activate(user, secret_of(user.email))
    text = undertaking.current()
    undertaking.undertake(user=user, version=text.version, language="es", at=timezone.now())
