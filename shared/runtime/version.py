"""The version of this code, as the journal of a decision names it; a test holds it against pyproject.toml."""

VERSION = "0.1.0"
