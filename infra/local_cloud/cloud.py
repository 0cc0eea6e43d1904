"""The local cloud as the tests and `make run` see it: an emulator process to start, deploy to, ask and stop."""

import contextlib
import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3

from infra.local_cloud import deployment
from infra.local_cloud.mail import Mail, parse_mails

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".tools/cloud/bin/python"
REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
LOG_TAIL_LINES = 30


class NotStartedError(RuntimeError):
    """The emulator died, or did not answer in time; the message ends with the tail of its log."""


@dataclass(frozen=True)
class LocalCloud:
    """A running emulator; `LocalCloud.start()` makes one, `stop()` or leaving the `with` block ends it.

    Attributes:
        port: where the AWS APIs answer on 127.0.0.1.
        control_port: where its clock answers, likewise.
        log: the file it logs to; gone after `stop()`.
    """

    port: int
    control_port: int
    log: Path
    _process: subprocess.Popen[bytes]

    @classmethod
    def start(  # noqa: PLR0913 -- keyword-only settings, each with a default
        cls,
        *,
        port: int | None = None,
        control_port: int | None = None,
        state: Path | None = None,
        auth: bool = False,
        mended: bool = True,
        seconds: float = 30,
    ) -> Self:
        """Start the emulator and wait until it answers.

        Args:
            port: where the AWS APIs are to answer; any free port by default.
            control_port: where the clock is to answer; any free port by default.
            state: a folder that keeps the state from a clean stop to the next start; nothing is kept by default.
            auth: enforce signatures and IAM policies.
            mended: False starts plain ministack, without a clock to move: for asking whether a mend is still needed.
            seconds: how long to wait.

        Raises:
            NotStartedError: it died or did not answer in time.
        """
        descriptor, log = tempfile.mkstemp(prefix="billhook-cloud-", suffix=".log")
        port, control_port = port or _free_port(), control_port or _free_port()
        command = [str(PYTHON), "-m", "infra.local_cloud.boot", "--die-with-stdin"]
        command += ["--port", str(port), "--control-port", str(control_port)]
        command += ["--auth"] * auth + ["--without-mends"] * (not mended) + (["--state", str(state)] if state else [])
        with open(descriptor, "wb") as output:  # noqa: PTH123 -- it is a descriptor, not a path
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=_bare_environment(),
                stdin=subprocess.PIPE,  # closes when this process ends in whatever way, and the emulator with it
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C is ours to handle: the emulator must outlive what we still ask it
            )
        cloud = cls(port, control_port, Path(log), process)
        try:
            cloud._wait(seconds)
        except BaseException:
            cloud.stop()
            raise
        return cloud

    @property
    def endpoint_url(self) -> str:
        """What AWS_ENDPOINT_URL must be."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point a process at this cloud: endpoint, region and credentials that mean nothing."""
        return {**CREDENTIALS, "AWS_ENDPOINT_URL": self.endpoint_url}

    def client(self, service: str, **options: Any) -> Any:  # noqa: ANN401 -- what boto3.client takes and gives
        """A boto3 client of this cloud; annotate the variable with its type from `mypy_boto3_*`."""
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            **options,
        )  # type: ignore[call-overload]  # the overloads want literals

    def deploy(self, built_template: Path, stack: str, parameters: Mapping[str, str] | None = None) -> str:
        """Deploy what `sam build` has built, with the real `sam deploy`.

        Args:
            built_template: usually `.aws-sam/build/template.yaml`.
            stack: the stack's name; it is made or updated.
            parameters: the template's parameters by name.

        Returns:
            What `sam deploy` printed.

        Raises:
            deployment.FailedError: with what it printed.
        """
        return deployment.deploy(built_template, stack, parameters or {}, environment=self.environment)

    def outputs(self, stack: str) -> dict[str, str]:
        """The stack's outputs by name."""
        described = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    def api_url(self, api_id: str) -> str:
        """Where the HTTP API answers, without a slash at the end: the stage is `$default`."""
        return f"http://localhost:{self.port}/_aws/execute-api/{api_id}"

    def mails(self) -> list[Mail]:
        """Every mail that was sent, oldest first."""
        return parse_mails(_ask(f"{self.endpoint_url}/_ministack/ses/messages"))

    def now(self) -> datetime:
        """What time it is in this cloud, in UTC."""
        return datetime.fromtimestamp(_ask(f"http://127.0.0.1:{self.control_port}/clock")["now"], UTC)

    def advance(self, seconds: float) -> datetime:
        """Let time pass in this cloud and fire the schedules that come due; answers the new time, in UTC.

        Lambda functions keep the real clock.
        """
        answer = _ask(f"http://127.0.0.1:{self.control_port}/clock?advance={seconds}", data=b"")
        return datetime.fromtimestamp(answer["now"], UTC)

    def stop(self) -> None:
        """End the emulator and its Lambda workers, and remove its files; harmless when done already."""
        with contextlib.suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.log.unlink(missing_ok=True)

    def _wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise NotStartedError(f"the local cloud died ({self._process.returncode}):\n{self.log_tail()}")
            with contextlib.suppress(OSError):
                _ask(f"{self.endpoint_url}/_ministack/health")
                return
            time.sleep(0.05)
        raise NotStartedError(f"the local cloud did not answer within {seconds} s:\n{self.log_tail()}")

    def log_tail(self) -> str:
        """The last lines of the emulator's log, for the message of an error."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _bare_environment() -> dict[str, str]:
    """Every Lambda function inherits the emulator's environment, so that holds nothing of this process but the basics."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "SSL_CERT_FILE")
    return {name: os.environ[name] for name in kept if name in os.environ} | CREDENTIALS | {"PYTHONUNBUFFERED": "1"}


def _ask(url: str, data: bytes | None = None) -> Any:  # noqa: ANN401 -- JSON
    with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=30) as answer:  # noqa: S310 -- loopback
        return json.load(answer)
