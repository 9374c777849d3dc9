"""Put the pinned uv into .venv/uv with nothing but the standard library, and without root.

Debian's bare Python has no ensurepip: then pip's wheel is fetched and checked against its hash first.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / ".venv" / "uv"
PIP = "pip-25.3-py3-none-any.whl"
PIP_URL = "https://files.pythonhosted.org/packages/44/3c/d717024885424591d5376220b5e836c2d5293ce2011523c9de23ff7bf068/pip-25.3-py3-none-any.whl"
PIP_SHA256 = "9655943313a94722b7774661c21049070f6bbb0a1516bf02f7c8d5d9201514cd"


def main() -> int:
    pin = (HERE / "uv.txt").read_text().split()[0]
    if (TARGET / "pin").exists() and (TARGET / "pin").read_text() == pin:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        pip = find_pip(Path(folder))
        command = [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--upgrade"]
        command += ["--require-hashes", "--target", str(TARGET), "-r", str(HERE / "uv.txt")]
        if subprocess.run(command, env=os.environ | {"PIP_ROOT_USER_ACTION": "ignore"}).returncode:
            print(
                "The tool that installs packages could not be fetched: is this machine online?",
                file=sys.stderr,
            )
            return 1
    (TARGET / "pin").write_text(pin)
    return 0


def find_pip(folder: Path) -> list[str]:
    """The command of a pip: the one inside Python, or a fetched wheel run in place."""
    bundled = importlib.util.find_spec("ensurepip")
    if bundled and bundled.origin:
        wheels = sorted((Path(bundled.origin).parent / "_bundled").glob("pip-*.whl"))
        if wheels:
            return [sys.executable, f"{wheels[-1]}/pip"]
    wheel = folder / PIP
    with urllib.request.urlopen(PIP_URL, timeout=60) as response:
        data = response.read()
    if hashlib.sha256(data).hexdigest() != PIP_SHA256:
        raise SystemExit("The fetched pip is not the one that was pinned: nothing was installed.")
    wheel.write_bytes(data)
    return [sys.executable, f"{wheel}/pip"]


if __name__ == "__main__":
    sys.exit(main())
