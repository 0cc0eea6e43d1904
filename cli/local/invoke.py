"""`make invoke`: run a function in Docker with `sam local invoke`, on a sample, against the cloud of `make run`."""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from cli.local import env
from cli.local.running import NothingRunsError, running
from cli.samples import samples
from cli.samples.signed import http_api_event
from cli.samples.wrap import sqs_event
from infra.local_cloud.cloud import CREDENTIALS
from infra.local_cloud.deployment import SAM

ROOT = Path(__file__).resolve().parents[2]
ENV_FILE = ROOT / ".local" / "env.json"
"""The path that samconfig.toml names."""


def main() -> int:
    """Run one function once; the exit code is sam's, or 1 if there is no such sample or no cloud runs."""
    parser = argparse.ArgumentParser(prog="make invoke EVENT=…", description=__doc__)
    parser.add_argument("event", help="a file in events/, without .json")
    parser.add_argument("--function", default="ConsumerFunction", choices=["ConsumerFunction", "IngestFunction"])
    asked = parser.parse_args()
    try:
        event = _event(asked.event, asked.function)
        ENV_FILE.parent.mkdir(exist_ok=True)
        ENV_FILE.write_text(json.dumps(env.settings(), indent=2))
        unreachable = sys.platform == "linux" and running()["bind"] == "127.0.0.1"
    except (NothingRunsError, LookupError) as error:
        sys.stderr.write(f"not invoked: {error}\n")
        return 1
    if unreachable:
        sys.stderr.write(
            "The local cloud listens only on 127.0.0.1, which containers on Linux cannot reach. "
            "Start it with: make run BIND=0.0.0.0 (this opens it to your network, too)\n"
        )
    # The rest of the options is in samconfig.toml, in the section named like this machine.
    command = [str(SAM), "local", "invoke", asked.function, "--config-env", platform.machine(), "--event", "-"]
    environment = os.environ | CREDENTIALS | {"SAM_CLI_TELEMETRY": "0"}
    environment.pop("AWS_PROFILE", None)  # it would take precedence over the local cloud's credentials
    return subprocess.run(
        command, input=json.dumps(event), env=environment, cwd=ROOT, text=True, check=False
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


if __name__ == "__main__":
    sys.exit(main())
