"""Add to a bill of materials what lies in the package itself and came from elsewhere."""

import hashlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# (path in the project, name, licence, where it came from)
VENDORED = (
    ("ventanilla/directory/geo", "Natural Earth", "public domain", "https://www.naturalearthdata.com"),
)


def digest(folder: Path) -> str:
    """One digest over the data files of a folder, in the order of their names."""
    total = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.suffix in (".json", ".npz", ".bin")):
        total.update(file.name.encode() + file.read_bytes())
    return total.hexdigest()


def main() -> None:
    target = Path(sys.argv[1])
    bill = json.loads(target.read_text())
    bill.setdefault("components", []).extend(
        {
            "type": "data",
            "name": name,
            "licenses": [{"license": {"name": licence}}],
            "externalReferences": [{"type": "website", "url": address}],
            "hashes": [{"alg": "SHA-256", "content": digest(ROOT / path)}],
        }
        for path, name, licence, address in VENDORED
    )
    target.write_text(json.dumps(bill, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
