"""The bill of materials of each function, as CycloneDX, names exactly what its lock pins, with every hash."""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(path.parent.name for path in ROOT.glob("functions/*/requirements.txt"))


@pytest.fixture(scope="module")
def bills() -> Mapping[str, Any]:
    """What `make sbom` writes, by function."""
    subprocess.run(["make", "sbom"], cwd=ROOT, check=True, capture_output=True)  # noqa: S607 - as everybody types it
    return {path.name.partition(".")[0]: json.loads(path.read_text()) for path in ROOT.glob(".aws-sam/sbom/*.json")}


def locked(function: str) -> dict[str, tuple[str, set[str]]]:
    """The version and the hashes of each package that a function ships."""
    text = (ROOT / f"functions/{function}/requirements.txt").read_text()
    return {
        name: (version, set(re.findall(r"--hash=sha256:(\w+)", rest)))
        for name, version, rest in re.findall(r"^([\w.-]+)==(\S+)((?: \\\n +--hash=\S+)+)", text, re.MULTILINE)
    }


def test_every_function_has_one(bills: Mapping[str, Any]) -> None:
    assert sorted(bills) == SHIPPED


@pytest.mark.parametrize("function", SHIPPED)
def test_it_names_what_is_locked_with_every_hash(bills: Mapping[str, Any], function: str) -> None:
    bill = bills[function]
    named = {
        part["name"]: (
            part["version"],
            {
                one["content"]
                for kept in part["externalReferences"]
                for one in kept["hashes"]
                if one["alg"] == "SHA-256"
            },
        )
        for part in bill["components"]
    }
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "billhook")
    assert {part["purl"] for part in bill["components"]} == {
        f"pkg:pypi/{name}@{version}" for name, (version, _) in named.items()
    }
    assert named == locked(function)
    assert named
