"""A light generator of load: one process, one thread, requests made beforehand, sockets that stay open.

    python -m benchmarks.load REQUESTS.pickle PORT SECONDS CONNECTIONS ANSWERS.pickle

Each connection sends its next request when the last was answered (a closed loop). What is written down: for
every answer the number of its request, its status and its time in milliseconds.
"""

import pickle
import selectors
import socket
import sys
import time
from pathlib import Path

Answer = tuple[int, int, float]


def main(arguments: list[str]) -> None:
    requests_file, port, seconds, connections, answers_file = arguments
    requests: list[bytes] = pickle.loads(Path(requests_file).read_bytes())  # noqa: S301 (we wrote it)
    answers, spent = drive(requests, int(port), seconds=float(seconds), connections=int(connections))
    Path(answers_file).write_bytes(pickle.dumps((answers, spent)))


def drive(
    requests: list[bytes], port: int, *, seconds: float, connections: int
) -> tuple[list[Answer], float]:
    """The answers, and how many seconds it took; shorter than asked for when the requests ran out."""
    answers: list[Answer] = []
    waiting = selectors.DefaultSelector()
    left = iter(enumerate(requests))
    began = time.perf_counter()
    under_way = 0
    for _number in range(connections):
        under_way += _next(waiting, _connect(port), left)
    ends = began + seconds
    while under_way:
        for key, _events in waiting.select(timeout=5):
            now = time.perf_counter()
            number, sent_at = key.data
            place: socket.socket = key.fileobj  # type: ignore[assignment]
            said = _answer(place)
            answers.append((number, int(said[9:12] or 0), (now - sent_at) * 1000))
            waiting.unregister(place)
            under_way -= 1
            if not said or b"connection: close" in said.lower():
                place.close()
                place = _connect(port)
            if now < ends:
                under_way += _next(waiting, place, left)
        if time.perf_counter() > ends + 30:
            break
    return answers, time.perf_counter() - began


def _connect(port: int) -> socket.socket:
    place = socket.create_connection(("127.0.0.1", port), timeout=30)
    place.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return place


def _next(waiting: selectors.BaseSelector, place: socket.socket, left: "enumerate[bytes]") -> bool:
    number, request = next(left, (-1, b""))  # type: ignore[call-overload]
    if number < 0:
        place.close()
        return False
    place.sendall(request)
    waiting.register(place, selectors.EVENT_READ, (number, time.perf_counter()))
    return True


def _answer(place: socket.socket) -> bytes:
    """A whole answer; hooks answer a few bytes, so that one read is nearly always all."""
    said = b""
    try:
        while not _is_whole(said):
            piece = place.recv(65_536)
            if not piece:
                return b""
            said += piece
    except OSError:
        return b""
    return said


def _is_whole(said: bytes) -> bool:
    head, end, body = said.partition(b"\r\n\r\n")
    if not end:
        return False
    for each in head.lower().split(b"\r\n"):
        if each.startswith(b"content-length:"):
            return len(body) >= int(each[15:])
    return body.endswith(b"0\r\n\r\n")


if __name__ == "__main__":
    main(sys.argv[1:])
