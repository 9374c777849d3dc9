"""A translator on loopback that answers as LibreTranslate does, faults included; it writes nothing down.

JSON in and out, `error` in what is refused, a list of texts answered by a list, and 500 with the text in it
when a translation fails.
"""

import threading

from ventanilla.channels.simulator import Answer, HttpProvider

LANGUAGES = {
    "en": ["en", "es", "fr"],
    "es": ["en", "es", "fr"],
    "fr": ["en", "es", "fr"],
    "zh-Hans": ["en", "es"],
}
LIMIT = 5_000


class Translator(HttpProvider):
    """`says` is what it makes of a text; `ways` what becomes of the next requests; `asked` what came."""

    def __init__(self, *, key=""):
        self.key, self.asked, self.is_over = key, [], threading.Event()
        self.says = lambda text, target: f"[{target}] {text}"
        super().__init__()

    def close(self):
        self.is_over.set()
        super().close()

    def answer(self, request):
        if request.path == "/languages":
            return Answer(json=[{"code": one, "name": one, "targets": to} for one, to in LANGUAGES.items()])
        if (request.method, request.path) != ("POST", "/translate"):
            return Answer(404, {"error": "Not found"})
        sent = request.json()
        self.asked.append(sent)
        refused = self._refuse(self.next_way(), sent)
        return refused or Answer(json=self._translated(sent))

    def _translated(self, sent):
        found = {"translatedText": [self.says(text, sent["target"]) for text in sent["q"]]}
        if sent["source"] == "auto":
            found["detectedLanguage"] = [{"confidence": 90.0, "language": "fr"} for _text in sent["q"]]
        return found

    def _refuse(self, way, sent):
        letters = sum(map(len, sent["q"]))
        refusals = {
            "busy": lambda: Answer(429, {"error": "Slowdown: 20 per 1 minute"}),
            "broken": lambda: Answer(500, {"error": f"Cannot translate text: {sent['q'][0]}"}),
            "elsewhere": lambda: Answer(302, headers={"Location": f"{self.url}/languages"}),
            "too few": lambda: Answer(json={"translatedText": []}),
            "no json": lambda: Answer(body=b"<html>", content_type="text/html"),
            "huge": lambda: Answer(json={"translatedText": ["x" * 2_000_000]}),
            "slow": lambda: self.is_over.wait(5) and Answer(504),
        }
        if way in refusals:
            return refusals[way]()
        if self.key and sent.get("api_key") != self.key:
            return Answer(403, {"error": "Invalid API key"})
        if letters > LIMIT:
            told = f"Invalid request: request ({letters}) exceeds text limit ({LIMIT})"
            return Answer(400, {"error": told})
        return None
