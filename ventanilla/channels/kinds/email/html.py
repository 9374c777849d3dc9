"""Reading a mail that was written in HTML only."""

from html.parser import HTMLParser

_BREAKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol"})
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})


class _Text(HTMLParser):
    """What a reader would see, line by line; what is quoted begins with > as in plain text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self._unseen = self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "blockquote":
            self._quoted += 1
            self._new_line()
        elif tag in _BREAKS:
            self._new_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag == "blockquote":
            self._quoted = max(self._quoted - 1, 0)
            self._new_line()
        elif tag in _BREAKS and tag != "br":
            self._new_line()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            words = " ".join(data.split())
            before = " " if data[:1].isspace() else ""
            after = " " if words and data[-1:].isspace() else ""
            self.lines[-1] += before + words + after

    def _new_line(self) -> None:
        if self.lines[-1].strip(" >") or self.lines[-1] == "":
            self.lines.append("> " * self._quoted)
        else:
            self.lines[-1] = "> " * self._quoted


def as_text(html: str) -> str:
    """The text of a page, without empty lines beyond one in a row."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines: list[str] = []
    for line in (" ".join(line.split()) for line in reader.lines):
        if line or lines and lines[-1]:
            lines.append(line)
    return "\n".join(lines).strip()
