"""Reading a list of people's affairs is written down once for each country, not by line."""

from itertools import groupby
from operator import itemgetter

from ventanilla.hubs.rights import Right, hubs_with
from ventanilla.privacy import access_log


def log_list(user, kind, *, at):
    """One entry for each country in whose lists of this kind somebody looked."""
    hubs = hubs_with(user, Right.CASES).order_by("country_id", "ref").values_list("country_id", "ref")
    for country, of_country in groupby(hubs, key=itemgetter(0)):
        refs = [ref for _code, ref in of_country]
        access_log.record(
            by=user, action="list", kind=kind, ref="", country=country, hub=refs[0] if len(refs) == 1 else "",
            at=at,
        )  # fmt: skip
