"""A body is awaited before its request takes a place at Django's door: who sends slowly waits alone."""

import asyncio

from ventanilla.web.baked.responses import App, Message, Receive, Scope, Send

# Seconds without a byte after which a body is not awaited any more.
PATIENCE = 20
# Bodies of this size are always awaited; forms are far smaller.
SMALL = 64 * 1024
# Bytes beyond it that all bodies together may take in one process: some files of people at once.
TOGETHER = 128 * 1024 * 1024

# In the languages of the public site: nothing is known yet of who reads it.
TOO_LATE = (
    408,
    "Lo que envió no llegó completo. Vuelva atrás y envíelo otra vez.\n"
    "What you sent did not come whole. Go back and send it once more.\n"
    "Ce que vous avez envoyé n’est pas arrivé en entier. Revenez en arrière et envoyez-le encore.\n"
    "Sa ou voye a pa rive ann antye. Tounen dèyè epi voye l ankò.\n",
)
TOO_LARGE = (
    413,
    "El archivo es demasiado grande. Vuelva atrás: lo que escribió sigue ahí. Envíe uno más pequeño.\n"
    "The file is too large. Go back: what you wrote is still there. Send a smaller one.\n"
    "Le fichier est trop grand. Revenez en arrière : votre texte est encore là. Envoyez-en un plus petit.\n"
    "Fichye a twò gwo. Tounen dèyè: sa ou te ekri a la toujou. Voye youn ki pi piti.\n",
)
TOO_MANY = (
    503,
    "Se está enviando demasiado a la vez. Inténtelo otra vez en un minuto.\n"
    "Too much is being sent at once. Try again in a minute.\n"
    "Trop de choses sont envoyées à la fois. Réessayez dans une minute.\n"
    "Yo voye twòp bagay alafwa. Eseye ankò nan yon minit.\n",
)


class Refused(Exception):
    """A body that is not awaited to its end; holds the status and the words for whoever sent it."""

    def __init__(self, answer: tuple[int, str]) -> None:
        super().__init__(answer[0])
        self.status, self.words = answer


class WholeRequests:
    """Hand over requests whose body has come, none larger than `most` bytes; nothing is written to a disk.

    What waits here takes memory and nothing else.
    """

    def __init__(self, app: App, *, most: int, together: int = TOGETHER, patience: float = PATIENCE) -> None:
        self._app = app
        self._most = most
        self._free = together
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = bytearray()
        try:
            last = await self._read(receive, body)
            await self._app(scope, replay(last, receive), send)
        except Refused as refusal:
            await _answer(refusal, send)
        finally:
            self._free += max(0, len(body) - SMALL)

    async def _read(self, receive: Receive, body: bytearray) -> Message:
        """Fill `body`; returns what the application receives first. Raises Refused."""
        while True:
            message = await self._next(receive)
            if message["type"] != "http.request":
                return message
            self._take(body, message.get("body", b""))
            if not message.get("more_body", False):
                return {"type": "http.request", "body": bytes(body), "more_body": False}

    async def _next(self, receive: Receive) -> Message:
        try:
            async with asyncio.timeout(self._patience):
                return await receive()
        except TimeoutError as error:
            raise Refused(TOO_LATE) from error

    def _take(self, body: bytearray, more: bytes) -> None:
        if len(body) + len(more) > self._most:
            raise Refused(TOO_LARGE)
        beyond = max(0, len(body) + len(more) - SMALL) - max(0, len(body) - SMALL)
        if beyond > self._free:
            raise Refused(TOO_MANY)
        self._free -= beyond
        body += more


def replay(first: Message, receive: Receive) -> Receive:
    """A `receive` that says `first` and then whatever comes, such as that the sender is gone."""
    said = False

    async def again() -> Message:
        nonlocal said
        if said:
            return await receive()
        said = True
        return first

    return again


async def _answer(refusal: Refused, send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    if refusal.status == TOO_MANY[0]:
        headers.append((b"retry-after", b"60"))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": refusal.words.encode()})
