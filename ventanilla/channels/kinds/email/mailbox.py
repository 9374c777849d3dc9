"""The mailbox: what has not been taken yet, marking what has been, and waiting for more.

What was taken carries a keyword of ours on the server, so that a restart loses nothing and takes nothing
twice, and staff may open the mailbox elsewhere meanwhile. Servers without keywords have \\Seen instead, and
the numbers of mails (UID, valid under one UIDVALIDITY) tell what came since, read elsewhere or not.
"""

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from ...contract import Problem, SendRefused
from ...models import Channel

MARK = b"$Ventanilla"
# Taken, and deleted when its files have had time to be fetched; servers without keywords have \\Flagged.
FILES_MARK, FILES_FLAG = b"$VentanillaFiles", b"\\Flagged"
FILES_STAY = timedelta(days=4)
# Seconds: to connect, for an answer, between looks at `stopped`, between looks at the mailbox without IDLE.
CONNECT, ANSWER, LOOK, POLL = 5.0, 30.0, 1.0, 30.0
# Seconds between looks with IDLE: what is announced while we still ask for what came before is not announced
# again, so the first look after something came is soon, each further one after twice the time.
SOON, RENEW = 3.0, 120.0
# Bytes. Of a bigger mail only the beginning is read: the text, not the files.
BIGGEST, BEGINNING = 25_000_000, 500_000


@contextmanager
def opened(channel: Channel, *, is_read_only: bool = False) -> Iterator["Mailbox"]:
    """A mailbox to read. Raises SendRefused when it cannot be reached, breaks, or does not let us in."""
    client = None
    try:
        client = _connect(channel)
        yield Mailbox(client, channel, is_read_only=is_read_only)
    except LoginError:
        raise SendRefused(Problem.NOT_ALLOWED) from None
    except (IMAPClientError, OSError):
        raise SendRefused(Problem.PROVIDER_DOWN) from None
    finally:
        if client is not None:
            _leave(client)


def _connect(channel: Channel) -> IMAPClient:
    security = channel.setting("imap_security") or "tls"
    client = IMAPClient(
        channel.setting("imap_host"),
        port=int(channel.setting("imap_port") or (993 if security == "tls" else 143)),
        ssl=security == "tls",
        ssl_context=ssl.create_default_context() if security == "tls" else None,
        timeout=SocketTimeout(CONNECT, ANSWER),
    )
    try:
        if security == "starttls":
            client.starttls(ssl.create_default_context())
        client.login(channel.setting("user"), channel.secret("password"))
    except (IMAPClientError, OSError):
        _leave(client)
        raise
    return client


def _leave(client: IMAPClient) -> None:
    try:
        client.logout()
    except (IMAPClientError, OSError):
        client.shutdown()


class Mailbox:
    """One folder, open."""

    def __init__(self, client: IMAPClient, channel: Channel, *, is_read_only: bool = False) -> None:
        self._client, self._channel = client, channel
        about: dict[bytes, Any] = client.select_folder(self.folder, readonly=is_read_only)
        flags = about.get(b"PERMANENTFLAGS", ())
        self._has_keywords = b"\\*" in flags or MARK in flags
        self._validity, self._next = about[b"UIDVALIDITY"], about.get(b"UIDNEXT", 1)
        self._left: set[int] = set()
        self._patience = SOON

    @property
    def folder(self) -> str:
        return self._channel.setting("folder") or "INBOX"

    def waiting(self) -> list[int]:
        """Numbers of mails that nobody has taken, oldest first; never those from before the channel."""
        # A day earlier: servers count days in a zone of their own.
        since = ["SINCE", self._channel.created_at.date() - timedelta(days=1)]
        if self._has_keywords:
            found = set(self._client.search([*since, "UNKEYWORD", MARK]))
        else:
            newer = self._client.search([*since, "UID", f"{self._next}:*"])
            # "N:*" holds the last mail even when its number is lower.
            found = {*self._client.search([*since, "UNSEEN"]), *(uid for uid in newer if uid >= self._next)}
        return sorted(found - self._left)

    def fetch(self, uid: int) -> tuple[bytes, bool] | None:
        """(mail, whether it is whole); None when somebody has deleted it."""
        size = self._client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE")
        if size is None:
            return None
        item = "BODY.PEEK[]" if size <= BIGGEST else f"BODY.PEEK[]<0.{BEGINNING}>"
        answer = self._client.fetch([uid], [item]).get(uid, {})
        body = next((value for name, value in answer.items() if name.startswith(b"BODY[]")), None)
        return None if body is None else (body, size <= BIGGEST)

    def take(self, uid: int, *, has_files: bool = False) -> None:
        """A mail is committed: mark it, and move or delete it where the channel says so."""
        self._client.add_flags([uid], [b"\\Seen", *([MARK] if self._has_keywords else [])], silent=True)
        self.leave(uid)
        after, _space, folder = (self._channel.setting("after") or "keep").partition(" ")
        if after == "move":
            self._move(uid, folder)
        elif after == "delete" and has_files:
            # The files are fetched apart from the words; `clear` deletes the mail afterwards.
            self._client.add_flags([uid], [self._files_mark], silent=True)
        elif after == "delete":
            self._delete(uid)

    @property
    def _files_mark(self) -> bytes:
        return FILES_MARK if self._has_keywords else FILES_FLAG

    def clear(self, *, on: date) -> int:
        """Delete what was only left for its files, where the channel says delete; returns how many."""
        if self._channel.setting("after") != "delete":
            return 0
        mark = ["KEYWORD", FILES_MARK] if self._has_keywords else ["SEEN", "FLAGGED"]
        old: list[int] = self._client.search([*mark, "BEFORE", on - FILES_STAY])
        for uid in old:
            self._delete(uid)
        return len(old)

    def pass_over(self, uid: int) -> None:
        """A mail that is no message of a person stays where it is, unread."""
        if self._has_keywords:
            self._client.add_flags([uid], [MARK], silent=True)
        self.leave(uid)

    def leave(self, uid: int) -> None:
        """Do not look at a mail again on this connection."""
        self._left.add(uid)
        self._patience = SOON

    def _move(self, uid: int, folder: str) -> None:
        if not self._client.folder_exists(folder):
            self._client.create_folder(folder)
        if self._client.has_capability("MOVE"):
            self._client.move([uid], folder)
        else:
            self._client.copy([uid], folder)
            self._delete(uid)

    def _delete(self, uid: int) -> None:
        self._client.delete_messages([uid], silent=True)
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge([uid])
        else:
            self._client.expunge()

    def wait(self, stopped: Callable[[], bool], *, at_most: float = RENEW) -> None:
        """Until something comes, the time is over, or `stopped()`."""
        if self._client.has_capability("IDLE"):
            self._idle(stopped, time.monotonic() + min(at_most, self._patience))
            self._patience = min(2 * self._patience, RENEW)
        else:
            ends = time.monotonic() + min(at_most, POLL)
            while not stopped() and time.monotonic() < ends:
                time.sleep(min(LOOK, max(ends - time.monotonic(), 0)))
            self._client.noop()

    def _idle(self, stopped: Callable[[], bool], ends: float) -> None:
        self._client.idle()
        has_news = False
        while not has_news and not stopped() and time.monotonic() < ends:
            news = self._client.idle_check(timeout=LOOK)
            has_news = any(len(one) > 1 and one[1] in (b"EXISTS", b"RECENT") for one in news)
        self._client.idle_done()

    def place(self, uid: int) -> str:
        """Where a mail lies, for `find`."""
        return f"{self._validity} {uid}"

    def find(self, place: str) -> int | None:
        """The number of a mail that lay at a place, wherever it was moved; None when it is gone."""
        validity, uid, written_id = [*place.split(" ", 2), "", ""][:3]
        if validity == str(self._validity) and self._client.search(["UID", uid]):
            return int(uid)
        if not written_id:
            return None
        _way, _space, moved_to = self._channel.setting("after").partition(" ")
        for folder in (self.folder, *([moved_to] if moved_to else [])):
            self._client.select_folder(folder, readonly=True)
            if found := self._client.search(["HEADER", "Message-ID", written_id]):
                return int(found[0])
        return None
