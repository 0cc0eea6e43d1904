"""Make the deployment packages of the baselines as SAM does, and find Billhook's own."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from infra.package import compile_all, install

ROOT = Path(__file__).resolve().parent.parent
BASELINES = ROOT / "bench/baselines"
HOME = ROOT / ".tools/bench"
UV = ROOT / ".tools/bootstrap/bin/uv"


@dataclass(frozen=True)
class Packages:
    """The package folders; Lambda would mount each at /var/task."""

    ingest: Path
    """Billhook's."""
    consumer: Path
    """Billhook's."""
    effects: Path
    """Billhook's."""
    access: Path
    """Billhook's."""
    tutorial: Path
    """Ingest and consumer of the tutorial with all dependencies, as `sam build` leaves them: no module is compiled."""
    tutorial_compiled: Path
    """The same package with every module compiled, as in Billhook's packages."""
    bare: Path
    """The pruned and compiled dependencies of Billhook's ingest, with a handler of two calls."""
    floor: Path
    """A handler that needs the standard library only."""


def assemble(built: Path, arch: str) -> Packages:
    """Make the packages.

    Args:
        built: the folder in which `sam build` left Billhook's functions.
        arch: the architecture of this machine.
    """
    shutil.rmtree(HOME, ignore_errors=True)
    tutorial, compiled, bare, floor = (HOME / name for name in ("tutorial", "tutorial_compiled", "bare", "floor"))
    install(str(UV), ROOT / "infra/locks/bench.txt", arch, tutorial)
    _add(tutorial)
    shutil.copytree(tutorial, compiled)
    shutil.copytree(built / "IngestFunction", bare, ignore=shutil.ignore_patterns("functions", "shared", "__pycache__"))
    _add(bare)
    _add(floor)
    for package in (compiled, bare, floor):
        compile_all(package)
    ingest, consumer, effects, access = (
        built / f"{name}Function" for name in ("Ingest", "Consumer", "Effects", "Access")
    )
    return Packages(ingest, consumer, effects, access, tutorial, compiled, bare, floor)


def zipped(package: Path) -> int:
    """The bytes of `package` as SAM uploads it."""
    archive = Path(shutil.make_archive(str(HOME / f"{package.name}-size"), "zip", package))
    size = archive.stat().st_size
    archive.unlink()
    return size


def _add(package: Path) -> None:
    shutil.copytree(BASELINES / package.name, package, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
