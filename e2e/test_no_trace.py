"""A reader leaves no trace on the server: no address, program, referrer, question or path in any file."""

import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

MARK = "zqtraceq"


def ask(url: str, *, data: dict[str, str] | None = None) -> int:
    headers = {
        "User-Agent": f"{MARK}-agent",
        "Referer": f"https://{MARK}-referrer.example/",
        "X-Forwarded-For": "203.0.113.77",
        "Accept-Language": "es",
    }
    body = urllib.parse.urlencode(data).encode() if data else None
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.fixture
def traces(live_site):
    """Files of the site's data, its printed log among them, that hold one of the marks."""

    def find() -> list[str]:
        time.sleep(1)  # what is written late is written by then
        wanted = (MARK.encode(), b"203.0.113.77")
        return [
            str(file.relative_to(live_site.data))
            for file in sorted(live_site.data.rglob("*"))
            if file.is_file() and any(word in file.read_bytes() for word in wanted)
        ]

    return find


def test_reading_and_asking_leave_nothing_behind(live_site, traces):
    addresses = [
        "/es/cr/", f"/es/cr/?{MARK}=1", f"/es/cr/{MARK}-nothing/", f"/{MARK}/", "/api/v1/countries",
        f"/api/v1/nothing-{MARK}", f"/console/?next=/{MARK}", f"/static/{MARK}.css",
        f"/es/cr/services/?town={MARK}",
    ]  # fmt: skip
    for address in addresses:
        assert ask(f"{live_site.url}{address}") < 500
    assert ask(f"{live_site.url}/es/cr/ask/", data={"q": f"cómo pido refugio, soy {MARK}"}) == 200
    assert (
        ask(f"{live_site.url}/console/login/", data={"login": f"{MARK}@example.org", "password": MARK}) < 500
    )
    assert traces() == []
