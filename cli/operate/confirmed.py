"""A change begins as a plan: the command shows it, and acts only after a person has agreed."""

import sys

from cli.errors import RefusedError


def is_terminal() -> bool:
    """Whether a person sits at the terminal."""
    return sys.stdin.isatty()


def refuse_unless_confirmed(question: str, *, yes: bool) -> None:
    """Return if `yes` was typed as an option, or if a person at the terminal answers the question with y or yes.

    Raises:
        RefusedError: the answer is another, or nobody sits at the terminal and the option is missing.
    """
    if yes:
        return
    if not is_terminal():
        raise RefusedError("nothing was changed: this is the plan; add --yes to do it")
    if answer_to(f"{question} Type yes: ").lower() not in {"y", "yes"}:
        raise RefusedError("nothing was changed")


def refuse_unless_typed(customer: str, confirm: str) -> None:
    """Return if the customer's id was typed, as an option or at the terminal: the erasure cannot be undone.

    Raises:
        RefusedError: another id was typed, or nobody sits at the terminal and the option is missing.
    """
    if confirm:
        if confirm != customer:
            raise RefusedError(f"nothing was changed: --confirm names {confirm}, and not {customer}")
        return
    if not is_terminal():
        raise RefusedError(f"nothing was changed: this is the plan; add --confirm {customer} to do it")
    if answer_to(f"This cannot be undone. Type {customer} to erase: ") != customer:
        raise RefusedError(f"nothing was changed: what you typed is not {customer}")


def answer_to(question: str) -> str:
    """What a person types, without white space around it; empty after Ctrl-D."""
    sys.stdout.flush()
    try:
        return input(question).strip()
    except EOFError:
        return ""
