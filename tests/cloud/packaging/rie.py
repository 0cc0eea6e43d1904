"""A function as Lambda runs it: its package, Amazon's runtime client and interface emulator, and nothing else."""

import json
import platform
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from infra.local_cloud.emulator import free_port

TOOLS = Path(__file__).parents[3] / ".tools"
PYTHON = TOOLS / "ric/bin/python"
RAPID = TOOLS / "sam/lib/python3.13/site-packages/samcli/local/rapid"
EMULATOR = RAPID / f"aws-lambda-rie-{platform.machine().replace('aarch64', 'arm64')}"


@dataclass(frozen=True)
class Function:
    """A running function; one event at a time, as Lambda has it."""

    port: int
    output: IO[str]

    def invoke(self, event: object) -> Any:  # noqa: ANN401 - whatever the handler answers
        """The handler's answer; for an error, Lambda's description of it."""
        url = f"http://127.0.0.1:{self.port}/2015-03-31/functions/function/invocations"
        try:
            with urllib.request.urlopen(url, json.dumps(event).encode(), timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as not_started:
            return json.load(not_started)

    def log(self) -> str:
        """All that the function and the emulator have printed."""
        self.output.seek(0)
        return self.output.read()

    def init_ms(self) -> float:
        """How long it took from its first byte of Python to its first event."""
        (found,) = re.findall(r"INIT REPORT\(durationMs: ([\d.]+)", self.log())
        return float(found)


@contextmanager
def running(package: Path, handler: str, environ: Mapping[str, str]) -> Iterator[Function]:
    """A function from `package`, for as long as the `with` block lasts; `environ` is all that it is told."""
    port, runtime_port = free_port(), free_port()
    command = [str(EMULATOR), "--runtime-interface-emulator-address", f"127.0.0.1:{port}"]
    command += ["--runtime-api-address", f"127.0.0.1:{runtime_port}"]
    command += [str(PYTHON), "-s", "-m", "awslambdaric", handler]
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(  # noqa: S603 - a command of our own
            command,
            cwd=package,
            env={"PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1", **environ},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(port, process)
            yield Function(port, output)
        finally:
            process.terminate()
            process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]", seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
        except urllib.error.HTTPError:
            return  # it answers, if only that there is nothing at this path
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"the runtime interface emulator does not answer (exit code {process.poll()})")
