"""Compile the translations: `python -m ventanilla.config.messages`. Needs no gettext tools."""

from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parent.parent


def compile_messages() -> int:
    """Write each .mo whose .po is newer; returns how many were written."""
    written = 0
    for po in sorted(PACKAGE.glob("**/locale/*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            polib.pofile(str(po)).save_as_mofile(str(mo))
            written += 1
    return written


if __name__ == "__main__":
    compile_messages()
