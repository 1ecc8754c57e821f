"""models/ -> models/manifest.json with the sha256 of each file; what is known of a file already stays."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

MODELS = Path(__file__).resolve().parent.parent / "models"


def make_manifest() -> str:
    """The manifest as it should be."""
    path = MODELS / "manifest.json"
    known = {entry["file"]: entry for entry in json.loads(path.read_text(encoding="utf-8"))} if path.is_file() else {}
    entries = []
    for file in sorted(MODELS.rglob("*")):
        name = file.relative_to(MODELS).as_posix()
        if file.is_file() and file != path and not name.startswith("."):
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            about = {"licence": "Apache-2.0", "made": "see ARCHITECTURE.md"} | known.get(name, {})
            entries.append({"file": name, "sha256": digest, "licence": about["licence"], "made": about["made"]})
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    (MODELS / "manifest.json").write_text(make_manifest(), encoding="utf-8")
