"""What the invented company says and sells, as data. Every text stands in English and German."""

import tomllib
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "de")


def read(name: str) -> dict[str, Any]:
    """The content of one file of this folder."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))
