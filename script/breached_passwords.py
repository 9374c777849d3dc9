"""Make the filter of breached passwords from lists of one password a line, the most common first.

    python script/breached_passwords.py LIST [LIST ...]

Where the shipped filter came from stands in ventanilla/accounts/passwords/SOURCES.md.
"""

import argparse
import gzip
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ventanilla.accounts.passwords import bloom  # noqa: E402

TARGET = ROOT / "ventanilla" / "accounts" / "passwords" / "breached.bloom"
# Long enough for a password here; shorter ones count as the stem of one, when they are common.
LONG, SHORTEST_STEM, COMMON_STEMS = 12, 6, 150_000
WRONGLY = 0.0005


def words_of(path: Path) -> Iterator[str]:
    """What to keep of one list: every long password, and the most common of the shorter ones."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", errors="replace") as lines:
        for place, line in enumerate(lines):
            word = line.strip().lower()
            if len(word) >= LONG or (len(word) >= SHORTEST_STEM and place < COMMON_STEMS):
                yield word


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lists", nargs="+", type=Path)
    words = {word for path in parser.parse_args().lists for word in words_of(path)}
    made = bloom.of(words, wrongly=WRONGLY)
    TARGET.write_bytes(made.to_bytes())
    print(f"{len(words)} passwords in {TARGET.stat().st_size} bytes, {made.hashes} places each")


if __name__ == "__main__":
    main()
