"""Ask the advisory databases of PyPI, then of OSV, about every pinned package.

A network without them cannot check: that is said in one line and is no failure, because nothing is known
then, neither good nor bad. A finding fails, unless script/accepted.txt names it with a reason.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED = ROOT / "script" / "accepted.txt"
SOURCES = ("pypi", "osv")
SECONDS = 120


def pinned() -> str:
    """The lock file as requirements, with the tools of development."""
    uv = str(ROOT / ".venv/uv/bin/uv")
    command = [uv, "export", "--locked", "--no-hashes", "--no-emit-project", "--quiet"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def report(source: str, file: Path) -> dict | None:
    """pip-audit's report as JSON; None when the source did not answer."""
    command = [
        sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner", "off",
        "--format", "json", "--vulnerability-service", source, "--requirement", str(file),
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None


def accepted() -> dict[str, str]:
    """Advisories that do not touch us, each with its reason: "ID: reason" by line."""
    lines = ACCEPTED.read_text().splitlines() if ACCEPTED.exists() else []
    rows = [line.partition(":") for line in lines if line.strip() and not line.startswith("#")]
    return {name.strip(): reason.strip() for name, _colon, reason in rows}


def main() -> int:
    file = ROOT / ".venv" / "pinned.txt"
    file.write_text(pinned())
    for source in SOURCES:
        found = report(source, file)
        checked = [row for row in found["dependencies"] if "skip_reason" not in row] if found else []
        if checked:
            return say(checked, source)
    print("Known weaknesses could not be looked up here: no advisory database answered.", file=sys.stderr)
    return 0


def say(checked: list[dict], source: str) -> int:
    fine = accepted()
    findings = [
        f"{row['name']} {row['version']}: {weakness['id']}, mended in {weakness['fix_versions']}"
        for row in checked
        for weakness in row["vulns"]
        if weakness["id"] not in fine
    ]
    print(f"{len(checked)} packages looked up at {source}, {len(findings)} findings.", file=sys.stderr)
    print("\n".join(findings), file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
