"""The local cloud of the tests and of `make run`: an emulator process to start, deploy to, query and stop."""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3

from infra.local_cloud import deployment, emulator
from infra.local_cloud.faults import Faults
from infra.local_cloud.mail import Mail, parse_mails

REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}


@dataclass(frozen=True)
class LocalCloud:
    """A running emulator; `LocalCloud.start()` makes one, `stop()` or leaving the `with` block ends it.

    Attributes:
        port: the port of the AWS APIs on 127.0.0.1.
        control_port: the port of its clock on 127.0.0.1.
        faults: the fault proxy for its Lambda functions' calls; it runs only if the cloud was started `faulty`.
    """

    port: int
    control_port: int
    faults: Faults
    _emulator: emulator.Emulator = field(repr=False)

    @classmethod
    def start(  # noqa: PLR0913 -- named settings, each with a default
        cls,
        *,
        port: int = 0,
        control_port: int = 0,
        bind: str = "127.0.0.1",
        state: Path | None = None,
        auth: bool = False,
        patched: bool = True,
        faulty: bool = False,
        seconds: float = 30,
    ) -> Self:
        """Start the emulator and wait until it answers.

        Args:
            port: the port of the AWS APIs; 0 means any free port.
            control_port: the port of the clock; 0 means any free port.
            bind: the address of the AWS APIs on this machine; 0.0.0.0 means all addresses.
            state: a folder that keeps the state and the clock from a clean stop to the next start; by default nothing
                is kept.
            auth: enforce signatures and IAM policies.
            patched: False starts plain ministack, without a movable clock, to test whether a patch is still needed.
            faulty: send the Lambda functions' calls through a fault proxy; `faults` sets its rules.
            seconds: how long to wait, at most.

        Raises:
            emulator.NotStartedError: the emulator died or did not answer in time.
        """
        port, control_port = port or emulator.free_port(), control_port or emulator.free_port()
        options = ["--bind", bind] + (["--state", str(state)] if state else [])
        options += ["--auth"] if auth else []
        options += [] if patched else ["--without-patches"]
        faults = Faults(emulator.free_port())
        options += ["--faults-port", str(faults.port)] if faulty else []
        cloud = cls(port, control_port, faults, emulator.spawn(port, control_port, options, CREDENTIALS))
        try:
            emulator.wait(cloud._emulator, f"{cloud.endpoint_url}/_ministack/health", seconds)
            if faulty:
                emulator.wait(cloud._emulator, faults.health_url, seconds)
        except BaseException:
            cloud.stop()
            raise
        return cloud

    @property
    def endpoint_url(self) -> str:
        """The value of AWS_ENDPOINT_URL for this cloud."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of a process that uses this cloud: endpoint, region and meaningless credentials."""
        return CREDENTIALS | {"AWS_ENDPOINT_URL": self.endpoint_url}

    def client(self, service: str, **options: Any) -> Any:  # noqa: ANN401 -- as in boto3.client
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
        """Deploy the output of `sam build` with the real `sam deploy`.

        Args:
            built_template: usually `.aws-sam/build/template.yaml`.
            stack: the stack's name; the stack is created or updated.
            parameters: the template's parameters by name.

        Returns:
            The output of `sam deploy`.

        Raises:
            deployment.FailedError: `sam deploy` failed; the message is its output.
        """
        return deployment.deploy(built_template, stack, parameters or {}, environment=self.environment)

    def outputs(self, stack: str) -> dict[str, str]:
        """The stack's outputs by name."""
        described = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    def api_url(self, api_id: str) -> str:
        """The URL of the HTTP API, without a slash at the end; its stage is `$default`."""
        return f"http://localhost:{self.port}/_aws/execute-api/{api_id}"

    def mails(self) -> list[Mail]:
        """Every mail that was sent, oldest first."""
        return parse_mails(_ask(f"{self.endpoint_url}/_ministack/ses/messages"))

    def now(self) -> datetime:
        """The time in this cloud, in UTC."""
        return datetime.fromtimestamp(_ask(f"http://127.0.0.1:{self.control_port}/clock")["now"], UTC)

    def advance(self, seconds: float) -> datetime:
        """Move the clock of the emulator and its Lambda functions forward, and fire the schedules that come due.

        Returns:
            The new time, in UTC.

        Raises:
            urllib.error.HTTPError: `seconds` is negative; a clock goes forward only.
        """
        answer = _ask(f"http://127.0.0.1:{self.control_port}/clock?advance={seconds:f}", data=b"")
        return datetime.fromtimestamp(answer["now"], UTC)

    def set_clock(self, ahead: float) -> None:
        """Set the clock `ahead` seconds ahead of the real time; negative is behind. Nothing fires twice."""
        _ask(f"http://127.0.0.1:{self.control_port}/clock?ahead={ahead}", data=b"")

    def running(self) -> int:
        """How many Lambda invocations are under way."""
        return int(_ask(f"http://127.0.0.1:{self.control_port}/functions")["running"])

    def has_died(self) -> bool:
        """Whether the emulator has ended by itself."""
        return self._emulator.process.poll() is not None

    def log(self) -> str:
        """The emulator's log, with the output of the Lambda functions that it ran for a queue."""
        return self._emulator.log_text()

    def stop(self) -> None:
        """End the emulator and its Lambda workers, and remove their files. A second call does nothing."""
        self._emulator.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _ask(url: str, data: bytes | None = None) -> Any:  # noqa: ANN401 -- JSON
    with urllib.request.urlopen(url, data, timeout=30) as answer:  # noqa: S310 -- always http on loopback
        return json.load(answer)
