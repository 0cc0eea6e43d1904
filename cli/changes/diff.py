"""`billhook diff`: what the working tree decides differently from another commit, or from a stack."""

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from cli.bounds import Count
from cli.changes.archived import Archived, archived_of
from cli.changes.corpus import Stories, own_stories, stories_in
from cli.changes.differences import differences
from cli.changes.recorded import since_recorded
from cli.changes.report import markdown
from cli.errors import RefusedError
from cli.where import Where

ROOT = Path(__file__).resolve().parents[2]
PLAY = Path(__file__).with_name("play.py")


def diff(  # noqa: PLR0913 - the options of a command
    *,
    base: str | None = None,
    corpus: Annotated[Path | None, Parameter(help="a folder of events of your own, one story a file")] = None,
    stack: str | None = None,
    local: bool = False,
    region: str | None = None,
    since: str = "24h",
    most: Count = 200,
) -> None:
    """Show which decisions your working tree changes.

    The samples in events/ and the stories of the tests go through both. Each starts with empty books, and the messages
    that Billhook schedules itself are played at the end. Nothing is sent or written. The report is Markdown. The exit
    code is 0 also if decisions differ.

    With --stack the newest archived events of the stack are played instead, each customer's from the first one on, and
    compared with what the journal recorded, or with --base. No name, address or value of a mail is shown.

    Args:
        base: the commit, branch or tag to compare with; main by default, with --stack the journal.
        corpus: a folder of events of your own, to play instead: *.json has an event or a list, *.jsonl one a line.
        stack: take the archived events of this stack.
        local: take those of the running local cloud.
        region: the stack's AWS region.
        since: with --stack, from when on: 2h, 3d, or a date.
        most: with --stack, how many events at most, the newest.
    """
    if stack or local:
        print(of_archived(archived_of(Where(stack, region), since, most), base), end="")
        return
    print(report(base or "main", stories_in(corpus) if corpus else own_stories()), end="")


def of_archived(archived: Archived, base: str | None) -> str:
    """The Markdown report on a stack's events; raises RefusedError if git does not know `base`, or as `played` does."""
    after = played(ROOT, archived.stories, "the working tree", archived.extra)
    decisions = sum(str(step.get("id", "")) in archived.asked for steps in after.values() for step in steps)
    if base:
        with tempfile.TemporaryDirectory() as folder:
            _check_out(base, Path(folder))
            before = played(Path(folder), archived.stories, base, archived.extra)
        compared_to, compared_in = base, list(archived.stories)
        told = (one for name in compared_in for one in differences(name, before[name], after[name], masked=True))
        found = [one for one in told if one.where in archived.asked]
    else:
        compared_to, compared_in = "the journal", sorted(archived.whole)
        found = list(since_recorded(archived, after))
    left_out = len(archived.stories) - len(compared_in)
    more = f"Left out: {left_out} whose archive does not begin with the first event.\n" if left_out else ""
    head = f"\nEvents: {archived.looked}. {more}"
    return markdown(compared_to, len(compared_in), decisions, found) + head.rstrip() + "\n"


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


def played(
    checkout: Path, stories: Stories, name: str, extra: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """The decisions of the code in `checkout` on each story, in the interpreter and with the packages of this one.

    `extra` has by story what `play.py` needs besides.

    Raises:
        RefusedError: the code does not run, such as that of a version before the modules which are played.
    """
    told = ({"story": one, "events": events, **(extra or {}).get(one, {})} for one, events in stories.items())
    lines = "".join(json.dumps(one) + "\n" for one in told)
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
