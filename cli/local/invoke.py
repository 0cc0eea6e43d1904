"""`billhook invoke`: run a function in Docker with `sam local invoke`, on a sample, against the local cloud."""

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Literal

from cli.errors import RefusedError
from cli.local import env
from cli.local.prepare import build, make
from cli.local.running import NothingRunsError, running
from cli.samples import samples
from cli.samples.signed import http_api_event
from cli.samples.wrap import sqs_event
from infra.local_cloud.cloud import CREDENTIALS
from infra.local_cloud.deployment import SAM

ROOT = Path(__file__).resolve().parents[2]
ENV_FILE = ROOT / ".local" / "env.json"
"""The path that samconfig.toml names."""


def invoke(event: str, /, *, function: Literal["ConsumerFunction", "IngestFunction"] = "ConsumerFunction") -> int:
    """Run a function in Docker on a sample.

    `sam local invoke` runs it against the local cloud; on Linux start that with: ./billhook run --bind 0.0.0.0

    Args:
        event: a file in events/, without .json.
        function: the function.
    """
    try:
        sample = _event(event, function)
        ENV_FILE.parent.mkdir(exist_ok=True)
        ENV_FILE.write_text(json.dumps(env.settings(), indent=2))
        unreachable = sys.platform == "linux" and running()["bind"] == "127.0.0.1"
    except (NothingRunsError, LookupError) as error:
        raise RefusedError(f"not invoked: {error}") from None
    if unreachable:
        sys.stderr.write(
            "The local cloud listens only on 127.0.0.1, which containers on Linux cannot reach. "
            "Start it with: ./billhook run --bind 0.0.0.0 (this opens it to your network, too)\n"
        )
    make(".tools/sam/.installed")
    build()
    # The rest of the options is in samconfig.toml, in the section named like this machine.
    command = [str(SAM), "local", "invoke", function, "--config-env", platform.machine(), "--event", "-"]
    environment = os.environ | CREDENTIALS | {"SAM_CLI_TELEMETRY": "0"}
    environment.pop("AWS_PROFILE", None)  # it would take precedence over the local cloud's credentials
    return subprocess.run(
        command, input=json.dumps(sample), env=environment, cwd=ROOT, text=True, check=False
    ).returncode


def _event(name: str, function: str) -> dict[str, Any]:
    """The sample as the queue hands it to the consumer, or as API Gateway hands it to ingest, signed now.

    Raises:
        LookupError: there is no such sample; the message lists the samples.
        NothingRunsError: no cloud runs, so there is no secret to sign with.
    """
    if function == "ConsumerFunction":
        return sqs_event(samples.sample(name))
    now = int(time.time())
    return http_api_event(samples.encode(samples.fresh(name, now)), running()["secret"], now)
