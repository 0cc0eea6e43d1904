"""`billhook deploy`: build the functions and deploy them with sam, with the answers that samconfig.toml keeps."""

import os
import subprocess
from typing import Literal

from cli.local.prepare import ROOT, build, make
from cli.plans.check import refuse_mistakes
from infra.local_cloud.deployment import SAM


def deploy(*, guided: bool = False, config_env: str = "default", arch: Literal["arm64", "x86_64"] = "arm64") -> int:
    """Build the functions and deploy them.

    A mistake in plans.toml stops the command before it builds. sam shows the changes and asks. The answers to its
    questions are kept in samconfig.toml. The exit code is sam's.

    Args:
        guided: ask for the parameters; the first time, or for those without a default.
        config_env: the environment of samconfig.toml, such as prod.
        arch: the processor of the functions; the parameter Architecture must say the same.
    """
    refuse_mistakes()
    make(".tools/sam/.installed")
    built = build(arch)
    command = [str(SAM), "deploy", "--template-file", str(built), "--config-file", str(ROOT / "samconfig.toml")]
    command += ["--config-env", config_env, *(["--guided"] if guided else [])]
    code = subprocess.run(command, check=False, env={**os.environ, "SAM_CLI_TELEMETRY": "0"}).returncode
    if code == 0:
        print("Next, look at the stack: ./billhook doctor --stack with its name")
    return code
