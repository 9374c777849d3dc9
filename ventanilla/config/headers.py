"""Headers that every answer carries, at the level of the OWASP Secure Headers Project.

https://owasp.org/www-project-secure-headers/ . Public pages bring stricter ones of their own; what an answer
has already said is left as it is. Baked pages are stored with theirs.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

# Nothing of the console comes from elsewhere and nothing of it is framed elsewhere; the preview of a page is
# framed by the editor itself.
CONSOLE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'{ministry}; base-uri 'none'; "
    "frame-ancestors 'self'"
)
# For answers that are no pages: they load nothing and nobody frames them.
BARE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
FOR_ALL = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}
CONSOLE, API = "/console/", "/api/"
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
SIGNED_OUT = '"cache", "cookies", "storage"'


def safe_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: say what browsers may do with each answer; methods that nothing here uses are refused."""

    def serve(request: HttpRequest) -> HttpResponse:
        # The API says itself what each of its addresses takes.
        is_known = request.method in METHODS or request.path.startswith(API)
        response = get_response(request) if is_known else HttpResponseNotAllowed(sorted(METHODS))
        for name, value in FOR_ALL.items():
            response.headers.setdefault(name, value)
        if request.path.startswith(CONSOLE):
            _of_the_console(request, response)
        else:
            response.headers.setdefault("Content-Security-Policy", BARE_POLICY)
        return response

    return serve


def _of_the_console(request: HttpRequest, response: HttpResponse) -> None:
    response.headers.setdefault("Content-Security-Policy", CONSOLE_POLICY.format(ministry=_ministry()))
    # What staff see is kept by no browser and no proxy: shared machines are the rule at a counter.
    response.headers["Cache-Control"] = "no-store, private"
    response.headers.pop("Expires", None)
    match = request.resolver_match
    if request.method == "POST" and match is not None and match.view_name in _LEAVING:
        response.headers["Clear-Site-Data"] = SIGNED_OUT


_LEAVING = frozenset({"wagtailadmin_logout", "account_logout"})


def _ministry() -> str:
    """Signing in may lead to the ministry's own page, by a form."""
    address = urlsplit(getattr(settings, "OIDC_ISSUER", "") or "")
    return f" {address.scheme}://{address.netloc}" if address.netloc else ""
