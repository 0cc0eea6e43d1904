"""Deploy a built SAM application to an emulator with the real `sam deploy`."""

import os
import subprocess
import tempfile
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
    command = [str(SAM), "deploy", "--template-file", str(built_template.resolve()), "--stack-name", stack]
    command += ["--no-confirm-changeset", "--resolve-s3", "--no-fail-on-empty-changeset", "--no-progressbar"]
    command += ["--capabilities", "CAPABILITY_IAM"]
    if parameters:
        quoted = {name: value.replace('"', '\\"') for name, value in parameters.items()}
        command += ["--parameter-overrides", *(f'{name}="{value}"' for name, value in quoted.items())]
    with tempfile.TemporaryDirectory() as scratch:  # sam leaves its temporary files
        ran = subprocess.run(
            command,
            env=_environment(environment, scratch),
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


def _environment(ours: Mapping[str, str], scratch: str) -> dict[str, str]:
    environment = os.environ | ours | {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": POLL_SECONDS, "TMPDIR": scratch}
    environment.pop("AWS_PROFILE", None)  # it would win over our credentials
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # halves the start of sam, from its second run on
    return environment
