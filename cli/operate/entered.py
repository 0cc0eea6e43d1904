"""A secret that a person types at a prompt, or that another program pipes in: never a command's argument.

Every user of a machine can read the arguments of its processes, and a shell keeps them in its history.
"""

import getpass
import sys


class NotEnteredError(Exception):
    """Nothing was typed or piped in; the text says how to enter a secret."""


def entered(what: str) -> str:
    """The secret, without white space around it: from a prompt that shows nothing, or standard input if it is piped.

    Args:
        what: What the secret is called at the prompt and in the error.

    Raises:
        NotEnteredError: Nothing was entered.
    """
    try:
        secret = getpass.getpass(f"{what}: ") if sys.stdin.isatty() else sys.stdin.readline()
    except EOFError:
        secret = ""
    if not (secret := secret.strip()):
        raise NotEnteredError(f"no {what} was entered: type it at the prompt, or pipe it into standard input")
    return secret
