"""Prepare: has make build the functions and install tools, each only if it is missing or stale."""

import platform
import subprocess
from pathlib import Path

from cli.errors import RefusedError

ROOT = Path(__file__).resolve().parents[2]
PROCESSOR = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
"""This machine's processor in Lambda's words."""


def build(arch: str = PROCESSOR) -> Path:
    """Build the functions for a processor; returns the template that sam build wrote.

    Raises:
        RefusedError: make failed; its own words are on standard error.
    """
    template = f".aws-sam/{arch}/template.yaml"
    make(template, f"ARCH={arch}")
    return ROOT / template


def make(*targets: str) -> None:
    """Make the targets; raises RefusedError if make fails, whose own words are on standard error."""
    command = ["make", "--silent", "--directory", str(ROOT), *targets]
    if subprocess.run(command, check=False, stdout=2).returncode:
        raise RefusedError(f"make {' '.join(targets)} failed, as said above")
