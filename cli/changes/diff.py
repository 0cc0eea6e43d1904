"""`billhook diff`: what the working tree decides differently from another commit, on samples and stories."""

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from cli.changes.corpus import Stories, own_stories, stories_in
from cli.changes.differences import differences
from cli.changes.report import markdown
from cli.errors import RefusedError

ROOT = Path(__file__).resolve().parents[2]
PLAY = Path(__file__).with_name("play.py")


def diff(
    *,
    base: str = "main",
    corpus: Annotated[Path | None, Parameter(help="a folder of events of your own, one story a file")] = None,
) -> None:
    """Show what the working tree decides differently from a commit.

    The samples in events/ and the stories of the tests go through both. Each starts with empty books, and the messages
    that Billhook schedules itself are played at the end. Nothing is sent, and no AWS account is touched. The report is
    Markdown. The exit code is 0 also if decisions differ.

    Args:
        base: the commit, branch or tag to compare with.
        corpus: a folder of events of your own, to play instead: *.json has an event or a list, *.jsonl one a line.
    """
    print(report(base, stories_in(corpus) if corpus else own_stories()), end="")


def report(base: str, stories: Stories) -> str:
    """The Markdown report.

    Raises:
        RefusedError: git does not know `base`, or its code cannot be played.
    """
    with tempfile.TemporaryDirectory() as folder:
        _check_out(base, Path(folder))
        return compared(base, Path(folder), ROOT, stories)


def compared(base: str, old: Path, new: Path, stories: Stories) -> str:
    """The Markdown report on two checkouts; raises RefusedError if one of them cannot be played."""
    before, after = played(old, stories, base), played(new, stories, "the working tree")
    found = [one for name in stories for one in differences(name, before[name], after[name])]
    return markdown(base, len(stories), sum(map(len, after.values())), found)


def _check_out(base: str, folder: Path) -> None:
    """Unpack the files of commit `base` into `folder`."""
    packed = subprocess.run(
        ["git", "-C", str(ROOT), "archive", "--format=tar", "--", base],
        capture_output=True,
        check=False,
    )
    if packed.returncode:
        raise RefusedError(
            f"git has no commit {base!r}: --base takes a branch, a tag or a commit ({packed.stderr.decode().strip()})"
        )
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
        files.extractall(folder, filter="data")


def played(checkout: Path, stories: Stories, name: str) -> dict[str, list[dict[str, Any]]]:
    """The decisions of the code in `checkout` on each story, in the interpreter and with the packages of this one.

    Raises:
        RefusedError: the code does not run, such as that of a version before the modules which are played.
    """
    lines = "".join(json.dumps({"story": story, "events": events}) + "\n" for story, events in stories.items())
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-P", str(PLAY)],
        cwd=checkout,
        env=environment,
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word of why"])[-1]
        raise RefusedError(f"the code of {name} cannot be played: {last}")
    return {line["story"]: line["steps"] for line in map(json.loads, done.stdout.splitlines())}
