"""Deploy a built SAM application to an emulator with the real `sam deploy`."""

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

SAM = Path(__file__).parents[2] / ".tools/sam/bin/sam"
POLL_SECONDS = "0.1"  # with the default, 5, a deployment to the emulator would spend most of its time waiting


class FailedError(RuntimeError):
    """`sam deploy` failed; the message holds its output."""


def deploy(built_template: Path, stack: str, parameters: Mapping[str, str], environment: Mapping[str, str]) -> str:
    """Create or update a stack.

    Args:
        built_template: the template that `sam build` wrote.
        stack: the stack's name.
        parameters: the template's parameters by name.
        environment: the environment variables of the emulator.

    Returns:
        The output of `sam deploy`.

    Raises:
        FailedError: `sam deploy` failed; the message holds its output.
    """
    command = [str(SAM), "deploy", "--template-file", str(built_template.resolve()), "--stack-name", stack]
    command += ["--no-confirm-changeset", "--resolve-s3", "--no-fail-on-empty-changeset", "--no-progressbar"]
    command += ["--capabilities", "CAPABILITY_IAM"]
    if parameters:
        quoted = {name: value.replace('"', '\\"') for name, value in parameters.items()}
        command += ["--parameter-overrides", *(f'{name}="{value}"' for name, value in quoted.items())]
    with tempfile.TemporaryDirectory() as scratch:  # sam does not remove its temporary files
        ran = subprocess.run(
            command,
            env=_environment(environment, scratch),
            cwd=built_template.parent,  # not where samconfig.toml is, whose settings are for a real account
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
    environment.pop("AWS_PROFILE", None)  # it would take precedence over these credentials
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # bytecode halves the start of sam, from its second run on
    return environment
