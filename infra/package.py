"""Assemble the package of one Lambda function: dependencies, its own folder, `shared` and `business`, compiled.

Run by the Makefile's `build-…Function` targets, which `sam build` calls:
    python infra/package.py ingest --arch arm64 --into .aws-sam/build/IngestFunction --uv .tools/bootstrap/bin/uv
"""

import argparse
import compileall
import json
import py_compile
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# botocore holds 20 MB of descriptions of all AWS services. A package keeps those that its function calls.
SERVICES = {
    "ingest": {"secretsmanager", "sqs"},
    "consumer": {"dynamodb", "secretsmanager", "sqs"},
    "effects": {"dynamodb", "events", "s3", "scheduler", "secretsmanager", "sesv2", "sqs"},
    "exports": {"s3"},
    "access": {"dynamodb", "secretsmanager", "sqs"},
    "reconcile": {"dynamodb", "secretsmanager", "sqs"},
}

# botocore reads all its root certificates on each new connection: 126 of them take 40 ms more than Amazon's five. All
# endpoints of AWS use these five. https://www.amazontrust.com/repository asks a custom trust store to hold all of them.
ROOTS = {"Starfield Services Root Certificate Authority - G2", *(f"Amazon Root CA {number}" for number in range(1, 5))}

WHEELS = {
    "arm64": "aarch64-manylinux_2_28",
    "x86_64": "x86_64-manylinux_2_28",
}  # Lambda's Amazon Linux 2023 has glibc 2.34
ELF_MACHINE = {"arm64": 183, "x86_64": 62}
ELF_MAGIC = b"\x7fELF"


def main() -> None:
    """Assemble the package of the function that the command line names, in an empty folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("function", choices=SERVICES)
    parser.add_argument("--arch", choices=WHEELS, required=True)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--uv", default="uv")
    asked = parser.parse_args()
    into = asked.into.resolve()
    install(asked.uv, ROOT / "functions" / asked.function / "requirements.txt", asked.arch, into)
    prune(into, SERVICES[asked.function])
    copy_own_code(asked.function, into)
    compile_all(into)
    foreign = wrong_platform(into, asked.arch)
    if foreign:
        sys.exit(f"not built for {asked.arch}: these libraries are for another processor: {', '.join(foreign)}")


def install(uv: str, requirements: Path, arch: str, into: Path) -> None:
    """Install the locked wheels for Lambda's platform. Source packages would be built for this machine instead."""
    command = [uv, "pip", "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "--no-deps"]
    command += ["--python-version", "3.13", "--python-platform", WHEELS[arch], "--link-mode", "copy"]
    command += ["--python", sys.executable, "--target", str(into), "--requirements", str(requirements)]
    subprocess.run(command, check=True)


def prune(into: Path, services: set[str]) -> None:
    """Remove the files that no function reads."""
    data = into / "botocore" / "data"
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in services:
            shutil.rmtree(folder)
    prune_endpoints(data / "endpoints.json", services)
    prune_roots(into / "botocore" / "cacert.pem")
    for junk in ("bin", "boto3/examples", ".lock"):
        path = into / junk
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def prune_endpoints(path: Path, services: set[str]) -> None:
    """Keep the endpoints of `services` alone, because botocore parses the whole megabyte at each start."""
    kept = {{"sesv2": "email"}.get(service, service) for service in services}
    described = json.loads(path.read_text())
    for partition in described["partitions"]:
        partition["services"] = {name: one for name, one in partition["services"].items() if name in kept}
    path.write_text(json.dumps(described, separators=(",", ":")))


def prune_roots(path: Path) -> None:
    """Keep Amazon's root certificates alone. Where a proxy needs others, AWS_CA_BUNDLE names them."""
    roots = dict(
        re.findall(r'# Label: "(.*?)"\n.*?(-----BEGIN.*?-----END CERTIFICATE-----\n)', path.read_text(), re.DOTALL)
    )
    missing = ROOTS - roots.keys()
    if missing:
        sys.exit(f"not built: botocore no longer ships {', '.join(sorted(missing))}; correct ROOTS in infra/package.py")
    path.write_text("".join(f"# {name}\n{roots[name]}" for name in sorted(ROOTS)))


def copy_own_code(function: str, into: Path) -> None:
    """Copy the function, `shared` and the business's own files, under the same import paths as in the tests."""
    for folder in (f"functions/{function}", "shared", "business"):
        shutil.copytree(
            ROOT / folder,
            into / folder,
            ignore=shutil.ignore_patterns("__pycache__", "requirements.txt"),
            dirs_exist_ok=True,
        )


def compile_all(into: Path) -> None:
    """Compile every module, because Lambda's disk is read-only. Unchecked, so that a start compares no times."""
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    if not compileall.compile_dir(
        into, quiet=1, workers=0, invalidation_mode=mode, stripdir=into, prependdir="/var/task"
    ):
        sys.exit("not built: a module does not compile")


def wrong_platform(into: Path, arch: str) -> list[str]:
    """The native libraries in the package that are for another processor than `arch`."""
    return [
        str(library.relative_to(into))
        for library in sorted(into.rglob("*.so*"))
        if (head := library.read_bytes()[:20])[:4] == ELF_MAGIC
        and struct.unpack_from("<H", head, 18)[0] != ELF_MACHINE[arch]
    ]


if __name__ == "__main__":
    main()
