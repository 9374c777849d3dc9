"""How kinds speak with a provider over HTTP: one place for time-outs, redirects and what went wrong."""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from ..contract import Problem, SendRefused

# Seconds. A provider that has not answered by then is asked again later.
CONNECT, ANSWER = 5.0, 20.0
# Bytes of a file that are read at once.
PIECE = 64 * 1024

# The library writes every address into the log, and that of Telegram holds the key of the line.
logging.getLogger("httpx").addFilter(lambda record: False)

_client = httpx.Client(
    timeout=httpx.Timeout(ANSWER, connect=CONNECT),
    follow_redirects=False,
    limits=httpx.Limits(max_connections=50, max_keepalive_connections=20),
)


def post(
    url: str, *, headers: Mapping[str, str] | None = None, json: Any = None, data: Any = None
) -> httpx.Response:
    """POST once. Raises SendRefused when nothing was answered; tells whether it may have arrived."""
    return ask("POST", url, headers=headers, json=json, data=data)


def ask(method: str, url: str, **arguments: Any) -> httpx.Response:
    """One request. Raises SendRefused when nothing was answered; tells whether it may have arrived."""
    try:
        return _client.request(method, url, **arguments)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        # Nothing has left this machine, so nothing can have arrived.
        raise SendRefused(Problem.PROVIDER_DOWN) from None
    except httpx.HTTPError:
        raise SendRefused(Problem.PROVIDER_DOWN, may_have_arrived=True) from None


def download(
    url: str, *, refuse: Callable[[httpx.Response], None], headers: Mapping[str, str] | None = None
) -> Iterator[bytes]:
    """GET a file as it travels, piece by piece. `refuse` raises for what a status means; others are passing.

    Raises SendRefused. Nothing is unpacked on the way: a small answer cannot become a large one.
    """
    wanted = {"Accept-Encoding": "identity", **(headers or {})}
    try:
        with _client.stream("GET", url, headers=wanted) as response:
            if not response.is_success:
                refuse(response)
                raise SendRefused(Problem.PROVIDER_DOWN, retry_after=seconds_to_wait(response))
            yield from response.iter_raw(PIECE)
    except httpx.InvalidURL:
        raise SendRefused(Problem.UNSUPPORTED, is_final=True) from None
    except httpx.HTTPError:
        raise SendRefused(Problem.PROVIDER_DOWN) from None


def seconds_to_wait(response: httpx.Response) -> float | None:
    """What a Retry-After header asks for, at most an hour; None without one."""
    try:
        return min(max(float(response.headers["retry-after"]), 1.0), 3600.0)
    except (KeyError, ValueError):
        return None


def refuse_by_status(response: httpx.Response) -> None:
    """Raises SendRefused for what the HTTP status alone says; returns when it says nothing bad."""
    status = response.status_code
    if status == 429:
        raise SendRefused(Problem.RATE_LIMITED, retry_after=seconds_to_wait(response) or 30.0)
    if status in (401, 403):
        raise SendRefused(Problem.NOT_ALLOWED)
    if status >= 500:
        raise SendRefused(Problem.PROVIDER_DOWN, retry_after=seconds_to_wait(response))
