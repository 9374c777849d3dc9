"""The eleven starter packs: facts with sources, their public texts by language, their structure."""

from pathlib import Path

ROOT = Path(__file__).parent
