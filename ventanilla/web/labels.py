"""Words for the codes that facts carry: needs, languages, channels, countries, kinds in the plural."""

from collections.abc import Iterable

from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ventanilla.directory.needs import Need
from ventanilla.hubs.models import Country
from ventanilla.verification.models import Kind, Topic

# Ordered by how urgent the need is.
NEEDS = dict(Need.choices)

CHANNELS = {
    "counter": _("In person"),
    "phone": _("By telephone"),
    "whatsapp": _("By WhatsApp"),
    "email": _("By e-mail"),
    "web": _("On the internet"),
    "mobile": _("A team that travels"),
}

KINDS = {
    Kind.ALERT: _("Alerts"),
    Kind.PROCEDURE: _("Procedures"),
    Kind.HOTLINE: _("Help lines"),
    Kind.RIGHT: _("Rights"),
    Kind.SERVICE: _("Places that help"),
    Kind.HUB: _("Information hubs"),
    Kind.AUTHORITY: _("Offices"),
    Kind.PROGRAMME: _("Programmes"),
    Kind.JOB_BOARD: _("Job boards"),
    Kind.AGENCY_REGISTER: _("Registers of agencies"),
    Kind.ENTREPRENEURSHIP: _("Starting a business"),
    Kind.AGREEMENT: _("Agreements between countries"),
    Kind.FRAUD_WARNING: _("Fraud warnings"),
    Kind.RUMOUR: _("Rumours: true or not?"),
    Kind.RISK: _("Risks"),
}

# What people look for under a topic, in a few words.
EXAMPLES = {
    Topic.PROCEDURES: _("Asylum, residence, permits"),
    Topic.SERVICES: _("Shelter, health, lawyers"),
    Topic.RISKS: _("What is true and what is not"),
    Topic.OPTIONS: _("Visas, programmes, family"),
    Topic.WORK: _("Offers, rights, fraud"),
    Topic.LIVING: _("Documents, births, daily life"),
    Topic.RETURN: _("Going back, work, support"),
}

# Parties of labour agreements that are not countries of the network.
PARTIES = {
    "US": pgettext_lazy("party to an agreement", "United States"),
    "CA": pgettext_lazy("party to an agreement", "Canada"),
    "ES": pgettext_lazy("party to an agreement", "Spain"),
    "CARICOM": "CARICOM",
}


def language_name(code: str) -> str:
    """A language in the reader's words, its code where we have none."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def party_names(codes: Iterable[str], language: str) -> list[str]:
    """Parties of an agreement by name; one that we cannot name stays as it is written."""
    countries = _country_names(language)
    return [countries.get(code.lower()) or str(PARTIES.get(code, code)) for code in codes]


def _country_names(language: str) -> dict[str, str]:
    return {country.code: country.name(language) for country in Country.objects.all()}
