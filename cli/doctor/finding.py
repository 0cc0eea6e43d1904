"""A finding of `billhook doctor`: what was looked at, what is wrong, and what to type."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from cli.errors import in_words

type Level = Literal["ok", "wrong", "unknown"]


@dataclass(frozen=True)
class Finding:
    """One finding.

    Args:
        level: `ok`, `wrong`, or `unknown` if it could not be looked at.
        about: what was looked at, in a word or two.
        says: the state, in a sentence.
        do: what to type or to press; empty if the state is right.
    """

    level: Level
    about: str
    says: str
    do: str = ""


def ok(about: str, says: str) -> Finding:
    """A finding that needs nothing."""
    return Finding("ok", about, says)


def wrong(about: str, says: str, do: str) -> Finding:
    """A finding that somebody must mend by `do`."""
    return Finding("wrong", about, says, do)


def unknown(about: str, says: str, do: str) -> Finding:
    """Something that could not be looked at, and how to have it looked at."""
    return Finding("unknown", about, says, do)


def looked(about: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    """The findings of one look. An error that a command may meet becomes a finding, so that the others still go on."""
    found: list[Finding] = []
    try:
        found += look()
    except Exception as error:
        said = in_words(error)
        if said is None:
            raise
        found.append(unknown(about, said, "allow it for your AWS credentials, or look at it in the AWS console"))
    return found
