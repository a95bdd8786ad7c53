"""compose.yaml: valid by the specification's own schema, pinned, private, without a secret."""

from __future__ import annotations

import json
import re
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from record.roles import RIGHTS, ROLES
from tests.deploy.reading import COMPOSE, OURS, SERVICES
from tests.documents import ROOT, text

SECRET_WORDS = ("password", "secret", "token", "key")


def valid(compose: dict[str, Any]) -> list[str]:
    """What the specification's schema has to say against it."""
    schema = files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json"
    checked = jsonschema_rs.validator_for(json.loads(schema.read_text("utf-8")))
    return [error.message for error in checked.iter_errors(compose)]


def test_it_is_valid_by_the_schema_of_the_specification() -> None:
    # given the file, and one with a misspelt word
    misspelt = COMPOSE | {"services": SERVICES | {"node": {"imagine": "x"}}}

    # then only the first is valid
    assert valid(COMPOSE) == []
    assert valid(misspelt)


def test_everything_that_is_named_is_declared_and_everything_declared_is_used() -> None:
    # given what the services use
    used: dict[str, set[str]] = {"volumes": set(), "secrets": set(), "networks": set()}
    for made in SERVICES.values():
        mounts = [volume.partition(":")[0] for volume in made.get("volumes", [])]
        used["volumes"] |= {name for name in mounts if not name.startswith(".")}
        used["secrets"] |= set(made.get("secrets", []))
        used["networks"] |= set(made["networks"])
        assert set(made.get("depends_on", {})) <= set(SERVICES)

    # then that is what is declared
    for kind, names in used.items():
        assert names == set(COMPOSE[kind]), kind


def test_every_image_is_pinned_and_ours_has_the_version_of_the_program() -> None:
    # given the images
    images = {made["image"] for made in SERVICES.values()}

    # then each has a full version
    assert all(re.search(r":v?\d+\.\d+\.\d+", i) or "postgres:" in i for i in images)
    assert not any(image.endswith("latest") for image in images)
    assert f"counterfoil:{metadata.version('counterfoil')}" in images
    assert {SERVICES[name]["image"] for name in ("postgres", "roles")} == {
        "postgres:18.6-trixie"
    }


def test_every_port_is_open_to_this_machine_only() -> None:
    # given the ports that are published
    ports = [port for made in SERVICES.values() for port in made.get("ports", [])]

    # then each is bound to loopback, and neither the database nor the numbers are there
    assert ports
    assert all(re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port) for port in ports)
    assert not any(port.endswith((":5432", ":9464", ":8222")) for port in ports)
    assert COMPOSE["networks"]["log"] == {"internal": True}


def test_no_secret_stands_in_it() -> None:
    # given what the services are told
    told = [
        pair for made in SERVICES.values() for pair in made.get("environment", {}).items()
    ]

    # then what has to do with a secret is the name of a file, and no URL holds a password
    for name, value in told:
        if any(word in name.lower() for word in SECRET_WORDS) or name == "PGPASSFILE":
            assert value.startswith("/run/secrets/"), name
        assert not re.search(r"//[^/@]*:[^/@]*@", value), name
    assert all(set(one) == {"file"} for one in COMPOSE["secrets"].values())
    assert all(
        made["file"].startswith("./private/") for made in COMPOSE["secrets"].values()
    )
    assert "private/" in text(".gitignore").splitlines()


def test_secrets_are_mounted_where_the_services_look_for_them() -> None:
    # given each service's files under /run/secrets
    for name, made in SERVICES.items():
        wanted = set(re.findall(r"/run/secrets/([\w.-]+)", json.dumps(made)))

        # then it is given each of them
        assert wanted <= set(made.get("secrets", [])), name


def test_each_part_enters_the_database_as_who_has_the_least_rights_for_it() -> None:
    # given who enters the store as whom
    stores = {name: SERVICES[name]["environment"]["COUNTERFOIL_STORE"] for name in OURS}
    roles = {
        name: url.partition("://")[2].partition("@")[0] for name, url in stores.items()
    }

    # then only those who alter tables or decide are its owner
    assert roles == {
        "migrate": "counterfoil_owner", "operator": "counterfoil_owner",
        "intake": "counterfoil_intake", "node": "counterfoil_node",
        "watch": "counterfoil_intake",
    }  # fmt: skip
    assert set(RIGHTS) == {"counterfoil_intake", "counterfoil_node"}
    for name, role in roles.items():
        passwords = [s for s in SERVICES[name]["secrets"] if s.endswith(".pgpass")]
        assert passwords == [f"{role}.pgpass"]


@pytest.mark.parametrize("name", OURS)
def test_our_own_containers_can_change_nothing_but_their_data(name: str) -> None:
    # given a service of ours
    made = SERVICES[name]

    # then its image is read-only, and it has no rights of the system's
    assert made["read_only"] is True
    assert made["cap_drop"] == ["ALL"]
    assert made["security_opt"] == ["no-new-privileges:true"]
    assert made["build"] == "."


def test_what_runs_for_long_comes_back_and_says_how_it_is() -> None:
    # given the services, by whether they end by themselves
    once = {"roles", "migrate", "operator"}
    for name in set(SERVICES) - once:
        # then the others are started again, and tell their health
        assert SERVICES[name]["restart"] == "unless-stopped", name
        assert SERVICES[name]["healthcheck"]["test"][0] == "CMD", name
    for name in once:
        assert "healthcheck" not in SERVICES[name]
    depends = {name: SERVICES[name]["depends_on"] for name in ("intake", "node", "watch")}
    done = {"condition": "service_completed_successfully"}
    assert all(on["migrate"] == done for on in depends.values())


def test_what_is_mounted_from_here_is_here_or_is_made_by_the_script() -> None:
    # given the folders of this project that are mounted
    mounts = [v for made in SERVICES.values() for v in made.get("volumes", [])]
    folders = {mount.partition(":")[0] for mount in mounts if mount.startswith("./")}

    # then they are there, but for those of the secrets
    made = text("deploy/secrets.sh")
    for folder in folders:
        name = Path(folder)
        if name.parts[0] == "private":
            assert re.search(rf"^mkdir -p .*\b{name.name}\b", made, re.MULTILINE)
        else:
            assert (ROOT / name).is_dir()


def test_the_roles_are_those_that_the_program_prints() -> None:
    # given the file that compose brings to the database, then it is what the program prints
    assert text("deploy/postgres/roles.sql") == ROLES
