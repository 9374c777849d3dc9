"""The only ways to a row: what somebody's roles do not reach is not there (404), whatever the reason."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from ventanilla.hubs.models import Country
from ventanilla.hubs.rights import Right, countries_with, reach
from ventanilla.verification.models import Fact, PackConflict, Proposal
from ventanilla.verification.powers import Powers


def readable_facts(user):
    """Facts that this person may read."""
    return Fact.objects.within_reach_of(user).select_related("country", "authority", "checked_by")


def fact_for(user, ref):
    """A fact that this person may read, else 404."""
    return get_object_or_404(readable_facts(user), ref=ref)


def fact_to(user, ref, deed):
    """A fact with which this person may do something: the name of a method of `Powers`. Else 404."""
    fact = fact_for(user, ref)
    if not getattr(Powers.of(user), deed)(fact):
        raise Http404
    return fact


def country_for(user, code, right=Right.READ):
    """A country in which this person holds a right, else 404."""
    return get_object_or_404(countries_with(user, right), code=code)


def proposals_for(user):
    """Proposals on facts that this person may read."""
    return Proposal.objects.filter(fact__in=Fact.objects.within_reach_of(user)).select_related(
        "fact__country", "author"
    )


def conflicts_for(user, right=Right.READ):
    """Conflicts with packs on facts within this person's reach."""
    facts = Fact.objects.within_reach_of(user, right)
    return PackConflict.objects.filter(fact__in=facts).select_related("fact__country")


def require(user, right):
    """404 for who holds a right nowhere."""
    where = reach(user, right)
    if not where:
        raise Http404
    return where


def codes_of(where):
    """Codes of the countries that a reach covers as a whole."""
    countries = (
        Country.objects.all() if where.everywhere else Country.objects.filter(code__in=where.countries)
    )
    return list(countries.order_by("code").values_list("code", flat=True))
