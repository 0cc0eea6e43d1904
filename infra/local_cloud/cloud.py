"""The local cloud as the tests and `make run` see it: an emulator process to start, deploy to, ask and stop."""

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
        port: where the AWS APIs answer on 127.0.0.1.
        control_port: where its clock answers, likewise.
        faults: what goes wrong with its Lambda functions' calls, if it was started `faulty`; else nothing listens.
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
            port: where the AWS APIs are to answer; 0 is any free port.
            control_port: where the clock is to answer; 0 is any free port.
            bind: at which of this machine's addresses the AWS APIs are to answer; 0.0.0.0 is all of them.
            state: a folder that keeps the state, and the clock, from a clean stop to the next start; nothing is kept
                by default.
            auth: enforce signatures and IAM policies.
            patched: False starts plain ministack, without a clock to move: for asking whether a patch is still needed.
            faulty: let the Lambda functions call through a fault proxy; `faults` says what it does to the calls.
            seconds: how long to wait.

        Raises:
            emulator.NotStartedError: it died or did not answer in time.
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
        """What AWS_ENDPOINT_URL must be."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point a process at this cloud: endpoint, region and credentials that mean nothing."""
        return CREDENTIALS | {"AWS_ENDPOINT_URL": self.endpoint_url}

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
        """Where the HTTP API answers, without a slash at the end; its stage is `$default`."""
        return f"http://localhost:{self.port}/_aws/execute-api/{api_id}"

    def mails(self) -> list[Mail]:
        """Every mail that was sent, oldest first."""
        return parse_mails(_ask(f"{self.endpoint_url}/_ministack/ses/messages"))

    def now(self) -> datetime:
        """What time it is in this cloud, in UTC."""
        return datetime.fromtimestamp(_ask(f"http://127.0.0.1:{self.control_port}/clock")["now"], UTC)

    def advance(self, seconds: float) -> datetime:
        """Let time pass for the emulator and its Lambda functions, and fire the schedules that come due.

        Returns:
            The new time, in UTC.

        Raises:
            urllib.error.HTTPError: `seconds` is negative; a clock goes forward only.
        """
        answer = _ask(f"http://127.0.0.1:{self.control_port}/clock?advance={seconds:f}", data=b"")
        return datetime.fromtimestamp(answer["now"], UTC)

    def set_clock(self, ahead: float) -> None:
        """Put the clock `ahead` seconds ahead of the real time, or behind; nothing that has fired fires again."""
        _ask(f"http://127.0.0.1:{self.control_port}/clock?ahead={ahead}", data=b"")

    def running(self) -> int:
        """How many Lambda invocations are under way."""
        return int(_ask(f"http://127.0.0.1:{self.control_port}/functions")["running"])

    def has_died(self) -> bool:
        """Whether the emulator has ended by itself."""
        return self._emulator.process.poll() is not None

    def log(self) -> str:
        """All that the emulator has logged, with the output of the Lambda functions that it ran for a queue."""
        return self._emulator.log_text()

    def stop(self) -> None:
        """End the emulator and its Lambda workers, and remove their files; harmless when done already."""
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
