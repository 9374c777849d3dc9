"""How fast a baked page is served, against nginx serving the same bytes with the same headers.

Both servers run on the loopback interface of this machine with the same number of processes and are driven in
turn by the same load generator, so that whatever else the machine does disturbs both alike.

    python -m benchmarks.serving [--baked-root DIR --path /es/cr/] [--workers 1] [--rounds 3] [--seconds 3]
"""

import argparse
import contextlib
import getpass
import html
import http.client
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ventanilla.config.serve import wait_until_ready, web_command
from ventanilla.web.baked import BakedFirst, BakedPage, BakedStore, bake
from ventanilla.web.baked.responses import App, Receive, Scope, Send

PROJECT = Path(__file__).resolve().parent.parent
TYPICAL_PATH = "/es/cr/"
TYPICAL_CHARACTERS = 12_000
# What an Android browser sends with a page view; both servers must read all of it.
BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "es-NI,es-419;q=0.9,es;q=0.8,en;q=0.7",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Upgrade-Insecure-Requests": "1",
    "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile",
}
SECURITY_HEADERS = (
    ("cache-control", "no-cache"),
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; form-action 'self'",
    ),
    ("permissions-policy", "geolocation=(), camera=(), microphone=()"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
)


class CannotMeasure(SystemExit):
    """Something the measurement needs is missing; the text says what."""


def main(argv: list[str] | None = None) -> dict[str, object]:
    """Measure, print one line of JSON and return the same figures.

    Rates are answers per second, the medians of `runs`; the ratio is the median of the ratios of each round.
    """
    options = _options(argv)
    for program in ("nginx", "wrk"):
        if shutil.which(program) is None:
            raise CannotMeasure(f"This measurement needs {program}: apt-get install {program}")
    with tempfile.TemporaryDirectory(prefix="serving-") as folder:
        root = Path(options.baked_root or _typical_root(Path(folder) / "baked"))
        page = BakedStore(root).get(options.path)
        if page is None:
            raise CannotMeasure(f"There is no baked page {options.path} in {root}.")
        figures = _measure(page, options, root=root, folder=Path(folder))
    sys.stdout.write(json.dumps(figures) + "\n")
    return figures


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="serving", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--baked-root", help="folder of baked pages; without it a typical page is made")
    parser.add_argument("--path", default=TYPICAL_PATH)
    parser.add_argument("--workers", type=int, default=1, help="processes of each server")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3, help="how often each server is driven")
    parser.add_argument("--seconds", type=int, default=3, help="length of one drive")
    return parser.parse_args(argv)


def _typical_root(root: Path) -> Path:
    """A page of ordinary length, made of real text so that it compresses like one."""
    words = (PROJECT / "ventanilla/packs/content/cr.es.yaml").read_text(encoding="utf-8")
    body = f"<!doctype html><title>Costa Rica</title><pre>{html.escape(words)[:TYPICAL_CHARACTERS]}</pre>"
    BakedStore(root).put(TYPICAL_PATH, bake(headers=SECURITY_HEADERS, body=body.encode()))
    return root


def _measure(page: BakedPage, options: argparse.Namespace, *, root: Path, folder: Path) -> dict[str, object]:
    rates: dict[str, list[float]] = {"nginx": [], "ours": []}
    with _nginx(page, folder, workers=options.workers) as nginx, _ours(root, workers=options.workers) as us:
        addresses = {"nginx": f"{nginx}/page.html", "ours": f"{us}{options.path}"}
        for name, address in addresses.items():
            _check_bytes(name, address, page)
            _drive(address, seconds=1, connections=options.connections)  # warm up
        for _ in range(options.rounds):
            for name, address in addresses.items():
                rates[name].append(_drive(address, seconds=options.seconds, connections=options.connections))
    ratios = [ours / nginx for ours, nginx in zip(rates["ours"], rates["nginx"], strict=True)]
    return {
        "ours_rps": round(statistics.median(rates["ours"])),
        "nginx_rps": round(statistics.median(rates["nginx"])),
        "ratio": round(statistics.median(ratios), 3),
        "bytes": len(page.brotli or page.body),
        "workers": options.workers,
        "runs": {name: [round(rate) for rate in each] for name, each in rates.items()},
    }


@contextlib.contextmanager
def _nginx(page: BakedPage, folder: Path, *, workers: int) -> Iterator[str]:
    folder.joinpath("page.html").write_bytes(page.brotli or page.body)
    port = _free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(_nginx_configuration(page, folder, workers=workers, port=port))
    with _running(["nginx", "-p", str(folder), "-c", str(configuration), "-e", str(folder / "errors")], port):
        yield f"http://127.0.0.1:{port}"


def _nginx_configuration(page: BakedPage, folder: Path, *, workers: int, port: int) -> str:
    """nginx at its best: files kept open, no access log, connections that stay."""
    encoding = [("content-encoding", "br")] if page.brotli else []
    headers = [*page.headers, ("vary", "Accept-Encoding"), *encoding]
    added = "\n".join(f"add_header {name} {_quoted(value)};" for name, value in headers)
    places = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""
        daemon off; pid {folder}/nginx.pid; worker_processes {workers};
        {f"user {getpass.getuser()};" if os.geteuid() == 0 else ""}
        events {{ worker_connections 1024; }}
        http {{
            access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; {places}
            open_file_cache max=10 inactive=60s; open_file_cache_valid 60s;
            types {{ text/html html; }} charset utf-8;
            server {{ listen 127.0.0.1:{port} reuseport; root {folder}; {added} }}
        }}
    """


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


@contextlib.contextmanager
def _ours(root: Path, *, workers: int) -> Iterator[str]:
    port = _free_port()
    command = web_command(
        host="127.0.0.1", port=port, workers=workers, target="benchmarks.serving:baked_only"
    )
    with _running([*command, "--factory"], port, SERVING_ROOT=str(root)):
        yield f"http://127.0.0.1:{port}"


def baked_only() -> App:
    """The front as in production, with nothing behind it: a baked page never gets that far anyway."""
    return BakedFirst(_nothing, BakedStore(Path(os.environ["SERVING_ROOT"])))


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


@contextlib.contextmanager
def _running(command: list[str], port: int, **environment: str) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=PROJECT, env={**os.environ, **environment})
    try:
        if not wait_until_ready(f"http://127.0.0.1:{port}/", timeout=20):
            raise CannotMeasure(f"{command[0]} did not start.")
        yield
    finally:
        process.terminate()
        process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _check_bytes(name: str, address: str, page: BakedPage) -> None:
    """Both must send the very same body, or the comparison means nothing."""
    place, path = address.removeprefix("http://").split("/", 1)
    connection = http.client.HTTPConnection(place, timeout=5)
    with contextlib.closing(connection):
        connection.request("GET", f"/{path}", headers=BROWSER)
        answer = connection.getresponse()
        if answer.status != 200 or answer.read() != (page.brotli or page.body):
            raise CannotMeasure(f"{name} does not send the baked bytes (status {answer.status}).")


def _drive(address: str, *, seconds: int, connections: int) -> float:
    """Answers per second under wrk. Stops the measurement when any answer failed."""
    headers = [part for name, value in BROWSER.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *headers, address]
    report = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 30).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", report)
    if rate is None or "Non-2xx" in report or "Socket errors" in report:
        raise CannotMeasure(f"wrk reports trouble:\n{report}")
    return float(rate[1])


if __name__ == "__main__":
    main()
