"""Migrations as modules: their names begin with a digit, so that no import statement can name them."""

from importlib import import_module
from typing import Any


def migration(app: str, name: str) -> Any:
    """The module of a migration of access or kb."""
    package = "kb" if app == "kb" else f"interaction_center.{app}"
    return import_module(f"{package}.migrations.{name}")
