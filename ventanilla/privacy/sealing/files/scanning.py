"""Asking ClamAV's clamd over its own protocol, on this machine or another."""

import socket
import struct

from django.conf import settings

from .refusals import FileRefused, Infected

PIECE = 64 * 1024
CONNECT_SECONDS, ANSWER_SECONDS = 5, 60
LONGEST_ANSWER = 4096


class ScannerAway(FileRefused):
    """clamd did not answer, or would not take the file."""


def scan(content: bytes) -> None:
    """Have clamd look at it (INSTREAM). Raises Infected and ScannerAway."""
    try:
        said = _ask(b"zINSTREAM\0", content)
    except OSError:
        raise ScannerAway from None
    if said.endswith(b" FOUND"):
        raise Infected
    if said != b"stream: OK":
        raise ScannerAway


def answers() -> bool:
    """Whether clamd is there."""
    try:
        return _ask(b"zPING\0") == b"PONG"
    except OSError:
        return False


def _ask(command: bytes, content: bytes | None = None) -> bytes:
    with _connected() as connection:
        connection.sendall(command)
        if content is not None:
            for start in range(0, len(content), PIECE):
                piece = content[start : start + PIECE]
                connection.sendall(struct.pack(">I", len(piece)) + piece)
            connection.sendall(struct.pack(">I", 0))
        return _answer(connection)


def _connected() -> socket.socket:
    """CLAMAV is "host:port", or the path of a socket on this machine."""
    where: str = settings.CLAMAV
    if where.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(where)
        except OSError:
            connection.close()
            raise
    else:
        host, _colon, port = where.rpartition(":")
        connection = socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS)
    connection.settimeout(ANSWER_SECONDS)
    return connection


def _answer(connection: socket.socket) -> bytes:
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER:
        piece = connection.recv(LONGEST_ANSWER)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0\n")
