"""What is deployed is what was built; the job that builds cannot deploy, and the job that deploys builds nothing."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # comes with moto and cfn-lint, without types

ROOT = Path(__file__).parents[2]
JOBS: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/deploy.yml").read_text())["jobs"]
BUILT = ".aws-sam/arm64/IngestFunction/app.py"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which something is built."""
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    for path in (BUILT, ".aws-sam/sbom/ingest.cdx.json"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text("built")
    (tmp_path / BUILT).chmod(0o755)
    return tmp_path


def pack(checkout: Path) -> str:
    packed = subprocess.run([checkout / ".ci/pack"], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - our own
    shutil.rmtree(checkout / ".aws-sam")
    return packed


def unpack(checkout: Path, sha256: str) -> bool:
    environment = {"PATH": "/usr/bin:/bin", "SHA256": sha256}
    ran = subprocess.run([checkout / ".ci/unpack"], env=environment, capture_output=True, check=False)  # noqa: S603 - our own
    return ran.returncode == 0


def test_what_was_packed_is_unpacked_with_its_modes(checkout: Path) -> None:
    assert unpack(checkout, pack(checkout))
    assert (checkout / BUILT).read_text() == "built"
    assert (checkout / BUILT).stat().st_mode & 0o777 == 0o755


def test_another_artifact_of_the_same_name_is_refused_and_leaves_nothing(checkout: Path) -> None:
    sha256 = pack(checkout)
    (checkout / BUILT).parent.mkdir(parents=True)
    (checkout / BUILT).write_text("stolen")
    (checkout / ".aws-sam/sbom").mkdir()
    assert pack(checkout) != sha256
    assert not unpack(checkout, sha256)
    assert not (checkout / ".aws-sam").exists()


@pytest.mark.parametrize("sha256", ["", "*", "0" * 63, "0" * 64])
def test_without_its_hash_nothing_is_unpacked(checkout: Path, sha256: str) -> None:
    pack(checkout)
    assert not unpack(checkout, sha256)
    assert not (checkout / ".aws-sam").exists()


def commands(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def actions(job: str) -> list[str]:
    return [step["uses"].partition("@")[0] for step in JOBS[job]["steps"] if "uses" in step]


def test_the_job_that_builds_has_no_cloud_identity_and_no_environment() -> None:
    assert JOBS["build"]["permissions"] == {"contents": "read"}
    assert "environment" not in JOBS["build"]
    assert not [one for one in actions("build") if "credentials" in one]
    assert "make build" in commands("build")


def test_a_mistake_in_the_plans_stops_the_workflow_before_it_builds() -> None:
    assert commands("build")[:2] == ["./billhook plans check --offline", "make build"]


def test_the_job_that_deploys_builds_nothing_and_checks_the_hash_first() -> None:
    assert [job for job in JOBS if "id-token" in JOBS[job]["permissions"]] == ["deploy"]
    assert JOBS["deploy"]["needs"] == "build"
    assert not [one for one in commands("deploy") if "build" in one or "sbom" in one]
    steps = [step.get("run") or step["uses"].partition("@")[0] for step in JOBS["deploy"]["steps"]]
    assert steps.index(".ci/unpack") < steps.index("aws-actions/configure-aws-credentials")
    assert [one for one in steps if "sam deploy" in one] == steps[-1:]


def test_whoever_downloads_the_artifact_checks_its_hash() -> None:
    for job in (job for job in JOBS if "actions/download-artifact" in actions(job)):
        (checking,) = [step for step in JOBS[job]["steps"] if step.get("run") == ".ci/unpack"]
        assert checking["env"] == {"SHA256": "${{ needs.build.outputs.sha256 }}"}
    assert JOBS["build"]["outputs"] == {"sha256": "${{ steps.pack.outputs.sha256 }}"}


def test_a_release_has_the_bills_of_materials_and_its_job_alone_may_write() -> None:
    assert [job for job in JOBS if JOBS[job]["permissions"]["contents"] == "write"] == ["release"]
    assert JOBS["release"]["if"] == "github.ref_type == 'tag'"
    assert "make sbom" in commands("build")
    assert commands("release")[-1].startswith("gh release create ")
    assert commands("release")[-1].endswith(" .aws-sam/sbom/*.cdx.json")
