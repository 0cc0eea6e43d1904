"""The TypeScript client compiles under the strictest rules, and does what scenario.ts says against the function."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.access.support import SESSION, TOKEN, Access, item
from tests.access.test_document import TEXT, blocks, serving
from tests.support.stories import CUSTOMER

ROOT = Path(__file__).parents[2]
TSC = ROOT / ".tools/typescript/node_modules/.bin/tsc"
CLIENT = ("billhook-access.ts", "billhook-checkout.ts")
NODE_TYPES = (
    'declare module "node:assert/strict";\ndeclare const process: { env: Record<string, string | undefined> };\n'
)
"""What scenario.ts uses of Node; the client itself uses nothing of it."""
RULES = ("--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom")


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None or not TSC.exists():
        pytest.skip("Node or TypeScript is not installed: run `make typescript`")
    return found


def play(node: str, folder: Path, function: Access, program: str) -> list[str]:
    """The lines that a TypeScript program prints, which stands beside the client and asks `function`."""
    for file in CLIENT:
        shutil.copy(ROOT / "clients/typescript" / file, folder)
    (folder / "program.ts").write_text(program)
    (folder / "node.d.ts").write_text(NODE_TYPES)
    (folder / "package.json").write_text('{"type": "module"}')
    files = [*CLIENT, "program.ts", "node.d.ts"]
    compiled = subprocess.run(  # noqa: S603 - our own compiler
        [str(TSC), *RULES, *files], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (compiled.stdout, compiled.returncode) == ("", 0)
    with serving(function) as url:
        environ = {"PATH": os.environ["PATH"], "TOKEN": TOKEN, "ACCESS_URL": url, "SESSION_ID": SESSION}
        ran = subprocess.run(  # noqa: S603 - likewise
            [node, "program.js"], cwd=folder, env=environ, capture_output=True, text=True, check=False
        )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def test_every_promise_of_the_client_holds_on_node(node: str, tmp_path: Path) -> None:
    scenario = (ROOT / "tests/clients/scenario.ts").read_text()
    function = Access()
    function.holds(item())
    function.told()
    promises = re.findall(r'async "(.+?)"\(\)', scenario)
    assert play(node, tmp_path, function, scenario) == promises
    assert len(promises) > 5


def test_the_program_of_the_document_runs_on_node(node: str, tmp_path: Path) -> None:
    program, success_page = sorted(blocks("typescript"), key=lambda one: "billhook-checkout" in one)
    function = Access()
    function.holds(item(CUSTOMER, reference="org_fernhill", limits={"projects": 20}), item())
    assert play(node, tmp_path, function, program) == ["may export", "20 studio granted"]
    function.meanwhile = function.told
    assert play(node, tmp_path, function, success_page) == ["Welcome! org_1"]


def test_the_question_by_stripes_id_in_the_document_runs_on_node(node: str, tmp_path: Path) -> None:
    (question,) = re.findall(r"`(access\.check\({ customer.+?\))`", TEXT)
    function = Access()
    function.holds(item())
    program, _ = sorted(blocks("typescript"), key=lambda one: "billhook-checkout" in one)
    *start, _, _, _ = program.splitlines()
    program = "\n".join([*start, f"console.log((await {question}).allowed);"])
    assert play(node, tmp_path, function, program) == ["true"]
