"""Asks every address of the console as somebody, with GET and POST, without anything coming of it."""

from http.cookies import SimpleCookie

from django.db import transaction
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

# What is sent to every address: enough for the forms of cases to be accepted.
SENT = {
    "body": "hola",
    "channel_kind": "counter",
    "language": "es",
    "hub": "cr-hub-upala",
    "reason": "Está en Limón ahora mismo y corre peligro.",
    "is_justified": "yes",
    "wish": "x",
    # The page editor does not work without the counts that its own script sends.
    **{f"{field}-count": "0" for field in ("ask_like", "requirements", "steps")},
}


def addresses():
    """(route, name, pattern) of everything below the console, in order."""
    rows = sorted(_patterns(get_resolver()), key=lambda row: row[:2])
    return [row for row in rows if row[0].startswith("console/")]


def _patterns(resolver, prefix="", names=()):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(
                pattern, route, (*names, *([pattern.namespace] if pattern.namespace else []))
            )
        else:
            yield route, ":".join((*names, pattern.name or "")), pattern


def filled(route, pattern, *, by_route, everywhere):
    """The address of a route with the arguments of a row that exists."""
    values = dict(everywhere)
    for start, more in by_route.items():
        if route.removeprefix("console/").startswith(start):
            values |= more
    address = route.replace("(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)", "x-x").replace("(?:.*/)?", "")
    for argument, converter in getattr(pattern.pattern, "converters", {}).items():
        kind = type(converter).__name__.removesuffix("Converter").lower().removesuffix("ing")
        for form in (f"<{kind}:{argument}>", f"<{argument}>"):
            address = address.replace(form, str(values.get(argument, 1)))
    if "<pk" in address or "(?P<" in address:
        address = f"console/pages/{values['pk']}/revisions/compare/live...latest/"
    for noise, plain in (("^", ""), ("$", ""), ("(\\d+)", "1"), ("(.*)", "1"), (".*", "no-such-place")):
        address = address.replace(noise, plain)
    return f"/{address}"


def get(client, address):
    return _ask(client, address, client.get)


def post(client, address):
    return _ask(client, address, client.post, SENT)


def _ask(client, address, method, *sent):
    """The status; what was changed, the session too, is put back."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic(), transaction.atomic(using="keys"):
        status = method(address, *sent).status_code
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="keys")
    client.cookies = SimpleCookie(cookies)
    return status
