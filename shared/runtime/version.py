"""The version of this code, which the journal of each decision names; a test compares it to pyproject.toml."""

VERSION = "0.2.0"
