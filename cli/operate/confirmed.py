"""A change begins as a plan: the command shows it, and acts only after a person has agreed."""

import sys

from cli.errors import RefusedError


def is_terminal() -> bool:
    """Whether a person sits at the terminal."""
    return sys.stdin.isatty()


def confirmed(question: str, *, yes: bool) -> bool:
    """Whether to act: `yes` was typed as an option, or a person at the terminal answers the question with yes.

    Raises:
        RefusedError: nobody sits at the terminal, and the option is missing.
    """
    if yes:
        return True
    if not is_terminal():
        raise RefusedError("nothing was changed: this is the plan; add --yes to do it")
    return input(f"{question} Type yes: ").strip().lower() == "yes"
