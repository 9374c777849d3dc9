"""Sample people of the demonstration: one per role, and a second pair of eyes for Costa Rica."""

from dataclasses import dataclass

from ventanilla.accounts.models import User
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
    SamplePerson("marie@ventanilla.example", "Marie", "Joseph", Role.NATIONAL, country="ht"),
    SamplePerson("teresa@ventanilla.example", "Teresa", "Campos", Role.TRAINER),
    SamplePerson("oscar@ventanilla.example", "Óscar", "Pineda", Role.OBSERVER, country="cr"),
)


def make_sample_staff(*, password: str) -> None:
    """Make the sample people with their roles; leaves those that exist as they are."""
    for person in SAMPLE_STAFF:
        if person.country and not Country.objects.filter(code=person.country).exists():
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
