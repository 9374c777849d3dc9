"""Dovecot and Postfix from Debian's packages, each in a folder of its own, on ports of their own."""

import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DOMAIN, PASSWORD = "hub.example", "mail-password-for-tests"
_REQUIRED = os.environ.get("VENTANILLA_REQUIRE_MAIL") == "true"
# Mails belong to somebody without rights: Dovecot serves no mail of root.
_OWNER = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


def need(program: str, package: str) -> None:
    """Skip where a server is not installed, unless the whole suite must run."""
    if shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin"):
        return
    if _REQUIRED:
        pytest.fail(f"{program} is not installed (Debian: {package}).")
    pytest.skip(f"{program} is not installed (Debian: {package}).")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def folder() -> Path:
    """A short path, for sockets, that the servers' users may enter."""
    made = Path(tempfile.mkdtemp(prefix="vm-", dir="/tmp"))
    made.chmod(0o755)
    return made


def wait_for(port: int) -> None:
    ends = time.monotonic() + 15
    while time.monotonic() < ends:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
    raise AssertionError("A mail server did not start.")


def certificate(root: Path) -> Path:
    """A certificate for localhost that signs itself; returns the file with key and certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = root / "localhost.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


class Dovecot:
    """IMAP for any user with the one password. `folder_of` is where mails of a user are delivered."""

    def __init__(self) -> None:
        need("dovecot", "dovecot-imapd")
        self.root, self.port, self.tls_port = folder(), free_port(), free_port()
        self.certificate = certificate(self.root)
        me = pwd.getpwuid(os.getuid()).pw_name
        internal = "" if os.getuid() == 0 else f"default_internal_user = {me}\ndefault_login_user = {me}\n"
        (self.root / "mail").mkdir()
        os.chown(self.root / "mail", _OWNER.pw_uid, _OWNER.pw_gid)
        self.config = self.root / "dovecot.conf"
        self.config.write_text(f"""
{internal}
base_dir = {self.root}/run
state_dir = {self.root}/state
log_path = {self.root}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{self.certificate}
ssl_key = <{self.certificate}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{self.root}/mail/%u
maildir_stat_dirs = yes
mailbox_list_index = no
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={_OWNER.pw_uid} gid={_OWNER.pw_gid} home={self.root}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = {self.tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
""")
        subprocess.run(["dovecot", "-c", self.config], check=True, env={"PATH": _PATH})
        wait_for(self.port)

    def close(self) -> None:
        subprocess.run(["doveadm", "-c", self.config, "stop"], check=False, env={"PATH": _PATH})
        shutil.rmtree(self.root, ignore_errors=True)

    def deliver(self, user: str, raw: bytes) -> None:
        """Put a mail into somebody's mailbox, as whatever delivers mail does."""
        box = self.root / "mail" / user
        for name in ("", "tmp", "new", "cur"):
            if not (box / name).exists():
                (box / name).mkdir()
                os.chown(box / name, _OWNER.pw_uid, _OWNER.pw_gid)
        name = f"{time.time_ns()}.test.localhost"
        (box / "tmp" / name).write_bytes(raw)
        os.chown(box / "tmp" / name, _OWNER.pw_uid, _OWNER.pw_gid)
        (box / "tmp" / name).rename(box / "new" / name)


class Postfix:
    """Takes mail for the hub's domain into Dovecot's folders, and hands the rest to another server."""

    def __init__(self, dovecot: Dovecot, *, next_port: int) -> None:
        need("postfix", "postfix")
        if os.getuid() != 0:
            pytest.skip("Postfix starts only as root.")
        self.root, self.port = folder(), free_port()
        self.config = self.root / "etc"
        self.config.mkdir()
        postfix = pwd.getpwnam("postfix")
        for name in ("data", "queue"):
            (self.root / name).mkdir()
        os.chown(self.root / "data", postfix.pw_uid, postfix.pw_gid)
        (self.config / "main.cf").write_text(f"""
compatibility_level = 3.6
myhostname = mx.{DOMAIN}
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtputf8_enable = no
queue_directory = {self.root}/queue
data_directory = {self.root}/data
maillog_file = {self.root}/postfix.log
maillog_file_prefixes = {self.root}
import_environment = MAIL_CONFIG
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = {DOMAIN}
virtual_mailbox_base = {dovecot.root}/mail
virtual_mailbox_maps = inline:{{ {{hub@{DOMAIN} = hub@{DOMAIN}/}} }}
virtual_uid_maps = static:{_OWNER.pw_uid}
virtual_gid_maps = static:{_OWNER.pw_gid}
virtual_minimum_uid = 1
default_transport = smtp:[127.0.0.1]:{next_port}
relay_domains =
smtpd_relay_restrictions = permit_mynetworks, reject
""")
        (self.config / "master.cf").write_text(_MASTER.format(port=self.port))
        subprocess.run(
            ["postfix", "-c", self.config, "start"], check=True, env={"PATH": _PATH}, capture_output=True
        )
        wait_for(self.port)
        with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as server:
            server.noop()

    def close(self) -> None:
        command = ["postfix", "-c", self.config, "stop"]
        subprocess.run(command, check=False, env={"PATH": _PATH}, capture_output=True)
        shutil.rmtree(self.root, ignore_errors=True)


_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
