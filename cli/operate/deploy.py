"""`billhook deploy`: build the functions, and deploy them with sam to AWS or to the running local cloud."""

import os
import subprocess
from typing import Literal

from cli.errors import RefusedError
from cli.local import running
from cli.local.prepare import PROCESSOR, ROOT, build, make
from cli.plans.check import refuse_mistakes
from cli.where import LOCAL
from infra.local_cloud import deployment
from infra.local_cloud.cloud import CREDENTIALS
from infra.local_cloud.deployment import SAM

LAMBDAS = "arm64"
"""The default of the parameter Architecture."""


def deploy(
    *,
    guided: bool = False,
    config_env: str = "default",
    arch: Literal["arm64", "x86_64"] | None = None,
    local: bool = False,
) -> int:
    """Build the functions and deploy them.

    A mistake in plans.toml stops the command before it builds. sam shows the changes and asks. The answers to its
    questions are kept in samconfig.toml. The exit code is sam's.

    Args:
        guided: ask for the parameters; the first time, or for those without a default.
        config_env: the environment of samconfig.toml, such as prod.
        arch: the processor of the functions, arm64 by default; the parameter Architecture must say the same.
        local: bring the code of this checkout to the running local cloud, which keeps its data and its parameters.
    """
    refuse_mistakes()
    if local:
        if guided or config_env != "default" or arch:
            raise RefusedError(
                "--local takes no --guided, --config-env or --arch: the local cloud keeps its parameters and has this"
                " machine's processor"
            )
        return _deploy_locally()
    make(".tools/sam/.installed")
    built = build(arch or LAMBDAS)
    command = [str(SAM), "deploy", "--template-file", str(built), "--config-file", str(ROOT / "samconfig.toml")]
    command += ["--config-env", config_env, *(["--guided"] if guided else [])]
    code = subprocess.run(command, check=False, env={**os.environ, "SAM_CLI_TELEMETRY": "0"}).returncode
    if code == 0:
        print("Next, look at the stack: ./billhook doctor --stack with its name")
    return code


def _deploy_locally() -> int:
    """Build for this machine and update the running local cloud; raises RefusedError if none runs or sam fails."""
    endpoint_url = running.running()["endpoint_url"]
    built = build(PROCESSOR)
    try:
        deployment.deploy(built, LOCAL, {}, CREDENTIALS | {"AWS_ENDPOINT_URL": endpoint_url})
    except deployment.FailedError as error:
        raise RefusedError(f"not deployed: {error}") from None
    print(f"deployed to the local cloud at {endpoint_url}; events from now on meet this code")
    return 0
