"""The file of an export: its key in the bucket, and the name that logs call it by."""

import hashlib

UNTIL = "until"
"""The name of the object's metadata that says when the link ends, in epoch seconds."""


def file_key(token: str) -> str:
    """The bucket key of the export whose link holds `token`: a hash, because histories of downloads show the name."""
    return f"exports/{hashlib.sha256(token.encode()).hexdigest()}.json"


def logged_name(key: str) -> str:
    """The name of a file in log lines: a hash of its key, which leads neither to the key nor to the link."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]
