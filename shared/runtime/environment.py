"""A setting that a function cannot do without, read from an environment variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def required(environ: Mapping[str, str], name: str, meaning: str) -> str:
    """The environment variable `name`, without white space around it.

    Raises:
        ValueError: The variable is missing or blank; the message names it and its `meaning`.
    """
    value = environ.get(name, "").strip()
    if not value:
        raise ValueError(f"The environment variable {name} is not set. Set it to {meaning}.")
    return value
