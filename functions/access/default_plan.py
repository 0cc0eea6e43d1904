"""The default plan: what a customer without access may do, from plans.toml."""

from __future__ import annotations

from functools import cache
from typing import Any

from shared.runtime.business import PLANS


@cache
def default_plan() -> dict[str, Any]:
    """Name, features and limits of the default plan, read once; empty if the file names none."""
    import tomllib  # noqa: PLC0415 - most environments never need it, and a start would pay for it

    file = tomllib.loads(PLANS.read_text())
    plan = file["plans"][file["default"]] if "default" in file else {}
    return {
        "plan": file.get("default"),
        "features": sorted(plan.get("features", ())),
        "limits": {**plan.get("limits", {}), **plan.get("flat_limits", {})},
    }
