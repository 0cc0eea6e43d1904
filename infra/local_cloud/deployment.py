"""Deploy a built SAM application to an emulator with the real `sam deploy`."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

SAM = Path(__file__).parents[2] / ".tools/sam/bin/sam"
POLL_SECONDS = "0.1"  # the default, 5, is what a deployment to the emulator would mostly consist of


class FailedError(RuntimeError):
    """`sam deploy` failed; the message is what it printed."""


def deploy(built_template: Path, stack: str, parameters: Mapping[str, str], environment: Mapping[str, str]) -> str:
    """Make or update a stack.

    Args:
        built_template: the template that `sam build` wrote.
        stack: the stack's name.
        parameters: the template's parameters by name.
        environment: the variables that point at the emulator.

    Returns:
        What `sam deploy` printed.

    Raises:
        FailedError: with what it printed.
    """
    command = [str(SAM), "deploy", "--template-file", str(built_template), "--stack-name", stack]
    command += ["--no-confirm-changeset", "--resolve-s3", "--no-fail-on-empty-changeset", "--no-progressbar"]
    command += ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
    if parameters:
        command += ["--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())]
    settings = {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": POLL_SECONDS}
    ran = subprocess.run(
        command,
        env=os.environ | environment | settings,
        cwd=built_template.parent,  # away from samconfig.toml, whose settings are for a real account
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ran.returncode != 0:
        raise FailedError(f"sam deploy of {stack} failed ({ran.returncode}):\n{ran.stdout}")
    return ran.stdout
