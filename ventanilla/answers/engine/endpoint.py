"""A model on another machine that speaks as OpenAI's embeddings do: sentence-transformers behind a server,
Text Embeddings Inference, vLLM, Ollama and others.
"""

import time
from collections.abc import Sequence
from typing import Any

import httpx
import numpy as np

from .encoders import EncoderAway, Matrix, plain

# Seconds a person waits for it, and the worker; seconds until it is tried again after it failed.
_QUESTION, _PASSAGES, _REST = 2.0, 20.0, 30.0


class Endpoint:
    """Weighed as E5 is, in whose place it stands. No error says a word of what was to be read."""

    name = "e5"
    reach: float | None = None
    light = False

    def __init__(
        self,
        url: str,
        model: str,
        *,
        dimensions: int,
        key: str = "",
        question_prefix: str = "",
        passage_prefix: str = "",
    ) -> None:
        """`url` is the part before "/embeddings"; the prefixes are what the model wants before each text."""
        self.dimensions = dimensions
        self.version = "|".join((model, question_prefix, passage_prefix))
        self._model = model
        self._address = f"{url.rstrip('/')}/embeddings"
        self._question, self._passage = question_prefix, passage_prefix
        self._tired_until = 0.0
        # The machine's own proxy settings are not asked: words go to the model and nowhere else.
        self._client = httpx.Client(
            follow_redirects=False,
            trust_env=False,
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )

    def passages(self, texts: Sequence[str]) -> Matrix:
        return self._read([f"{self._passage} {text}" for text in texts], seconds=_PASSAGES)

    def questions(self, texts: Sequence[str]) -> Matrix:
        return self._read([f"{self._question} {text}" for text in texts], seconds=_QUESTION)

    def _read(self, texts: list[str], *, seconds: float) -> Matrix:
        if time.monotonic() < self._tired_until:
            raise EncoderAway("The model for answers did not answer a moment ago.")
        try:
            return self._asked(texts, seconds=seconds)
        except EncoderAway:
            # Nobody else waits for it for a while.
            self._tired_until = time.monotonic() + _REST
            raise

    def _asked(self, texts: list[str], *, seconds: float) -> Matrix:
        said = {
            "model": self._model,
            "input": [plain(text).strip() or "." for text in texts],
            "encoding_format": "float",
        }
        try:
            answer = self._client.post(self._address, json=said, timeout=seconds)
            if answer.status_code != httpx.codes.OK:
                raise EncoderAway(f"The model for answers says {answer.status_code}.")
            rows = _rows(answer.json())
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise EncoderAway(
                f"The model for answers cannot be reached ({type(problem).__name__})."
            ) from None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise EncoderAway("What ENCODER_URL names does not answer as a model for embeddings.") from None
        if rows.shape != (len(texts), self.dimensions):
            raise EncoderAway(f"The model for answers gives {rows.shape[1]} numbers, not {self.dimensions}.")
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.maximum(lengths, 1e-6), dtype=np.float32)


def _rows(answer: dict[str, Any]) -> Matrix:
    parts = sorted(answer["data"], key=lambda part: int(part["index"]))
    rows = np.array([part["embedding"] for part in parts], dtype=np.float32)
    if rows.ndim != np.ndim([[]]) or not np.isfinite(rows).all():
        raise ValueError("no rows of numbers")
    return rows
