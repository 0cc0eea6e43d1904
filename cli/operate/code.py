"""The version of this checkout's code, which a plan and the audit log name."""

import hashlib
from functools import cache
from pathlib import Path

from shared.runtime.version import VERSION

ROOT = Path(__file__).parents[2]
DECIDES = ("functions", "shared", "cli")
"""The folders whose files decide what a command does, and what the plan of it says."""


@cache
def code_version() -> str:
    """The version and a hash of every file that decides, such as `0.1.0+3f2a9c01`: any edit changes the hash."""
    hashed = hashlib.sha256()
    for folder in DECIDES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                hashed.update(f"{path.relative_to(ROOT)}\0".encode())
                hashed.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{VERSION}+{hashed.hexdigest()[:8]}"
