"""The nginx configuration of the runbook works, and no log of it knows who asked or for what."""

import contextlib
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

RUNBOOK = Path(__file__).resolve().parent.parent / "docs" / "runbooks" / "proxy.md"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(
    not NGINX, reason="no nginx on this machine: install Debian's nginx-light to run it"
)
HOST = "hub.example.org"
# Every line of the access log looks like this, and none can hold more.
LINE = re.compile(r"\S{25} [A-Z-]+ \d{3} \d+ [\d.]+ (console|files|api|hooks|health|own-data|chat|pages)")
TRACES = {
    "User-Agent": "sentinel-browser",
    "Referer": "https://sentinel-referrer.example/",
    "X-Forwarded-For": "203.0.113.77",
    "Cookie": "sentinel-cookie=1",
    "Accept-Language": "sentinel-language",
}
# What nginx itself writes around the site where a distribution brings it; the site has to outdo it.
AROUND = """
daemon off; master_process off; pid {folder}/nginx.pid;
error_log {folder}/logs/error.log info;
events {{ worker_connections 256; }}
http {{
    access_log {folder}/logs/access.log combined;
    client_body_temp_path {folder}/held; proxy_temp_path {folder}/held;
    fastcgi_temp_path {folder}/held; uwsgi_temp_path {folder}/held; scgi_temp_path {folder}/held;
    include {folder}/ventanilla.conf;
}}
"""


class Upstream(ThreadingHTTPServer):
    """Stands where Ventanilla stands: notes what arrives, and answers in pieces on the test's word."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: list[tuple[str, dict[str, str], int]] = []
        self.nginx: subprocess.Popen[bytes] | None = None
        self.held_on_disk: list[str] = []
        self.may_end = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Upstream

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.path, dict(self.headers.items()), len(body)))
        if self.server.nginx:
            self.server.held_on_disk += open_files(self.server.nginx.pid)
        if "break" in self.path:
            self.close_connection = True
        elif "stream" in self.path:
            self._stream()
        else:
            self._say(b"hello")

    do_POST = do_GET

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._piece(b"data: first\n\n")
        self.server.may_end.wait(30)
        self._piece(b"data: last\n\n")
        self._piece(b"")

    def _piece(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass
class Proxy:
    folder: Path
    upstream: Upstream
    port: int
    plain_port: int
    trust: ssl.SSLContext
    server: "subprocess.Popen[bytes]"

    def connect(self) -> HTTPSConnection:
        connection = HTTPSConnection(HOST, self.port, timeout=30, context=self.trust)
        connection._create_connection = lambda address, *rest: socket.create_connection(  # type: ignore[attr-defined]
            ("127.0.0.1", address[1]), *rest
        )
        return connection

    def ask(self, path: str, *, method: str = "GET", body: bytes | None = None) -> HTTPResponse:
        with contextlib.closing(self.connect()) as connection:
            connection.request(method, path, body=body, headers=TRACES)
            answer = connection.getresponse()
            answer.read()
            return answer

    def written(self) -> str:
        """Everything in every log file."""
        return "".join(file.read_text() for file in sorted((self.folder / "logs").iterdir()))


def open_files(pid: int) -> list[str]:
    """Names of what a process has open, deleted files too: nginx deletes what it holds while it writes it."""
    found = Path(f"/proc/{pid}/fd").iterdir()
    return [str(link.readlink()) for link in found if link.is_symlink()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> ssl.SSLContext:
    """Write a certificate of a day for HOST; returns what trusts it and nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    text = made.public_bytes(serialization.Encoding.PEM)
    (folder / "hub.pem").write_bytes(text)
    (folder / "hub.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return ssl.create_default_context(cadata=text.decode())


def configuration(folder: Path, *, port: int, plain_port: int, upstream: int) -> Path:
    """The text of the runbook with this test's ports and folders, inside what stands around it."""
    [text] = re.findall(r"^```nginx\n(.+?)^```", RUNBOOK.read_text(), re.MULTILINE | re.DOTALL)
    text = re.sub(r"^ *listen \[::\].+\n", "", text, flags=re.MULTILINE)
    for ours, theirs in {
        "listen 443 ": f"listen 127.0.0.1:{port} ",
        "listen 80 ": f"listen 127.0.0.1:{plain_port} ",
        "127.0.0.1:8000": f"127.0.0.1:{upstream}",
        "/etc/ssl/private/hub.example.org.key": f"{folder}/hub.key",
        "/etc/ssl/hub.example.org.pem": f"{folder}/hub.pem",
        "/var/log/nginx/": f"{folder}/logs/",
    }.items():
        assert ours in text
        text = text.replace(ours, theirs)
    assert "/etc/" not in text
    assert "/var/" not in text
    (folder / "ventanilla.conf").write_text(text)
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder))
    return folder / "nginx.conf"


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("proxy")
    (folder / "logs").mkdir()
    trust, upstream, port, plain_port = certificate(folder), Upstream(), free_port(), free_port()
    file = configuration(folder, port=port, plain_port=plain_port, upstream=upstream.port)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    command = [str(NGINX), "-p", str(folder), "-c", str(file), "-e", str(folder / "logs" / "start.log")]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert "warn" not in tried.stderr
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, server)
        yield Proxy(folder, upstream, port, plain_port, trust, server)
    finally:
        server.terminate()
        server.wait(timeout=20)
        upstream.shutdown()
        upstream.server_close()


def wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
    pytest.fail("nginx did not start")


def test_what_a_visitor_says_about_themselves_is_replaced(proxy: Proxy) -> None:
    with contextlib.closing(proxy.connect()) as connection:
        forged = TRACES | {"X-Forwarded-Proto": "gopher"}
        connection.request("GET", "/es/forged/", headers=forged)
        assert connection.getresponse().status == 200
    [heard] = [headers for path, headers, _size in proxy.upstream.asked if path == "/es/forged/"]
    assert heard["X-Forwarded-For"] == "127.0.0.1"
    assert heard["X-Forwarded-Proto"] == "https"
    assert heard["Host"] == HOST


def test_logs_know_nobody_whatever_goes_wrong(proxy: Proxy) -> None:
    asked = "?town=sentinel-query"
    statuses = {
        path: proxy.ask(path + asked).status
        for path in ("/es/sentinel-path/", "/ht/my-data/", "/es/cr/chat/", "/console/break/", "/es/break/")
    }
    assert statuses["/es/sentinel-path/"] == 200
    assert statuses["/es/break/"] == 502
    assert too_large(proxy, f"/console/large/{asked}").status == 413
    broken(proxy, b"GET /es/?town=sentinel-query HTTP/1.1\r\nHost: bad host\r\nX: \0\r\n\r\n")
    broken(proxy, b"sentinel-nonsense\r\n\r\n")
    not_encrypted(proxy)
    proxy.ask("/es/last/")
    lines = wait_for_lines(proxy, containing=" 413 ")
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    written = proxy.written()
    assert {"chat", "own-data", "console", "pages"} <= {line.rsplit(" ", 1)[1] for line in lines}
    found = re.findall(r"sentinel[\w-]*|127\.0\.0\.1|203\.0\.113\.77|::1|town=|/es/\S*", written)
    assert found == []


def too_large(proxy: Proxy, path: str) -> HTTPResponse:
    """Announce more than is taken."""
    with contextlib.closing(proxy.connect()) as connection:
        connection.putrequest("POST", path)
        for name, value in (TRACES | {"Content-Length": str(18 * 1024 * 1024)}).items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse()


def broken(proxy: Proxy, request: bytes) -> None:
    """Send what is no HTTP, over TLS."""
    with (
        socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as line,
        proxy.trust.wrap_socket(line, server_hostname=HOST) as inside,
    ):
        inside.sendall(request)
        assert b" 400 " in inside.recv(4096)


def not_encrypted(proxy: Proxy) -> None:
    """Send HTTP and nonsense to the port of TLS."""
    for request in (b"GET /?town=sentinel-query HTTP/1.0\r\n\r\n", b"\x16\x03\x01\x00\x05hello"):
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as line:
            line.sendall(request)
            with contextlib.suppress(ConnectionResetError):
                line.recv(4096)


def wait_for_lines(proxy: Proxy, *, containing: str) -> list[str]:
    deadline = time.monotonic() + 30
    while containing not in proxy.written() and time.monotonic() < deadline:
        proxy.ask("/es/again/")
    return (proxy.folder / "logs" / "ventanilla.log").read_text().splitlines()


def test_plain_http_leads_to_the_encrypted_site(proxy: Proxy) -> None:
    with contextlib.closing(HTTPConnection("127.0.0.1", proxy.plain_port, timeout=30)) as connection:
        connection.request("GET", "/es/cr/?town=sentinel-query", headers=TRACES | {"Host": HOST})
        answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/es/cr/?town=sentinel-query")
    assert "sentinel" not in proxy.written()


@pytest.mark.parametrize("path", ["/es/cr/chat/stream", "/console/stream"])
def test_the_first_piece_of_a_stream_arrives_before_the_last_is_there(proxy: Proxy, path: str) -> None:
    proxy.upstream.may_end.clear()
    with contextlib.closing(proxy.connect()) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.readline() == b"data: first\n"
        proxy.upstream.may_end.set()
        assert b"data: last\n" in answer.read()


def test_a_body_sent_slowly_reaches_ventanilla_only_when_it_is_whole(proxy: Proxy) -> None:
    with contextlib.closing(proxy.connect()) as slow:
        slow.putrequest("POST", "/es/slow/")
        slow.putheader("Content-Length", "10")
        slow.endheaders(b"half.")
        assert proxy.ask("/es/meanwhile/").status == 200
        assert "/es/slow/" not in {path for path, _headers, _size in proxy.upstream.asked}
        slow.send(b"whole")
        assert slow.getresponse().status == 200
    assert ("/es/slow/", 10) in {(path, size) for path, _headers, size in proxy.upstream.asked}


def test_the_largest_file_passes_without_touching_the_disk_of_the_proxy(proxy: Proxy) -> None:
    size = 16 * 1024 * 1024 + 4096
    proxy.upstream.nginx = proxy.server
    assert proxy.ask("/console/largest/", method="POST", body=bytes(size)).status == 200
    assert ("/console/largest/", size) in {(path, size) for path, _headers, size in proxy.upstream.asked}
    proxy.upstream.nginx = None
    assert any("ventanilla.log" in name for name in proxy.upstream.held_on_disk)
    assert [name for name in proxy.upstream.held_on_disk if "held" in name] == []


@pytest.mark.parametrize(
    ("version", "is_taken"), [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (None, True)]
)
def test_only_modern_encryption_is_taken_and_http_2_offered(
    proxy: Proxy, version: ssl.TLSVersion | None, is_taken: bool
) -> None:
    context = ssl.create_default_context(cafile=str(proxy.folder / "hub.pem"))
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.set_ciphers("ALL:@SECLEVEL=0")
    if version is not None:
        set_only(context, version)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as line:
        if is_taken:
            with context.wrap_socket(line, server_hostname=HOST) as inside:
                assert inside.selected_alpn_protocol() == "h2"
        else:
            with pytest.raises(OSError, match=r"(?i)ssl|version|alert|reset"):
                context.wrap_socket(line, server_hostname=HOST)


def set_only(context: ssl.SSLContext, version: ssl.TLSVersion) -> None:
    import warnings

    with warnings.catch_warnings():
        # Naming an old version is deprecated; here it is tried in order to be refused.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, version
        if version is not ssl.TLSVersion.TLSv1_1:
            context.minimum_version = version
