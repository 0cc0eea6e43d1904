"""The built packages, each running as on Lambda, with the environment that `sam local invoke` would give it."""

import io
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stdout
from pathlib import Path

import pytest

from cli.local import env
from cli.local import running as local
from cli.local.stack import Stack, deployed
from tests.cloud.conftest import ARCHITECTURE, BUILT, SECRET
from tests.cloud.packaging.rie import TOOLS, Function, running

type Environs = dict[str, dict[str, str]]
type Run = Callable[..., AbstractContextManager[Function]]

LOGGING = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"}
"""What Lambda tells a function whose LoggingConfig is as template.yaml has it."""

_INIT_TIMES = pytest.StashKey[dict[str, float]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.cloud)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A stack of this folder's own: its functions live by the real clock, and another file's tests let hours pass.

    A link that one of them has presigned for a minute would have expired in a cloud whose clock is ahead.
    """
    with deployed(BUILT, ARCHITECTURE, SECRET, MailConnectedCustomers="true") as made:
        yield made


@pytest.fixture(scope="session")
def env_file(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `billhook env` prints while the stack is what `billhook run` has started."""
    folder = tmp_path_factory.mktemp("env")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local, "FOLDER", folder)
        local.announce(endpoint_url=stack.cloud.endpoint_url, secret=stack.secret)
        printed = io.StringIO()
        with redirect_stdout(printed):
            env.env()
    path = folder / "env.json"
    path.write_text(printed.getvalue())
    return path


@pytest.fixture(scope="session")
def environs(env_file: Path) -> Environs:
    """Each function's environment by `sam local`'s own code; but these functions run outside Docker."""
    here = env_file.with_name("here.json")
    here.write_text(env_file.read_text().replace(env.FROM_DOCKER, "127.0.0.1"))
    program = Path(__file__).with_name("sam_environ.py")
    command = [str(TOOLS / "sam/bin/python"), str(program), str(BUILT), ARCHITECTURE, str(here)]
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "HOME": str(here.parent)}
    ran = subprocess.run(command, env=credentials, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert ran.returncode == 0, ran.stderr
    resolved: Environs = json.loads(ran.stdout)
    return resolved


@pytest.fixture(scope="session")
def run(environs: Environs, request: pytest.FixtureRequest) -> Run:
    """A function that runs the function of a logical id, some settings changed; how long each start took is kept."""
    times = request.config.stash.setdefault(_INIT_TIMES, {})

    @contextmanager
    def run(name: str, **changed: str) -> Iterator[Function]:
        environ = environs[name] | LOGGING | changed
        with running(BUILT.parent / name, environ["AWS_LAMBDA_FUNCTION_HANDLER"], environ) as function:
            yield function
            times[name] = function.init_ms()

    return run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the start-up times, as information: they are this machine's, not Lambda's."""
    times = config.stash.get(_INIT_TIMES, {})
    if times:
        terminalreporter.section("init under the runtime interface emulator")
        for name, milliseconds in times.items():
            terminalreporter.write_line(f"{name}  {milliseconds:.0f} ms")
