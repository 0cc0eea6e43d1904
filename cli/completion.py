"""`billhook completion`: the script that completes commands and options in a shell."""

from typing import Literal


def completion(shell: Literal["bash", "zsh", "fish"], /) -> None:
    """Print the script that completes commands in your shell.

    For bash, now: source <(./billhook completion bash)

    Args:
        shell: the shell that you type in.
    """
    from cli.command import build  # noqa: PLC0415 - it imports this module in turn

    print(build().generate_completion(prog_name="billhook", shell=shell))
