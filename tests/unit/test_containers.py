"""Dockerfile and docker-compose.yml, held to their specifications and to what an operator expects of them."""

import json
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from dockerfile_parse import DockerfileParser

from tasks import lanes
from tests.support.composed import COMPOSE, ROOT, read_compose

VARIABLES = {"QC_USER_ID": "1", "QC_API_TOKEN": "token-of-nobody"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """As Compose reads them."""
    found: dict[str, Any] = read_compose(VARIABLES)["services"]
    return found


def compose_schema() -> Any:
    """The compose specification."""
    vendored = resources.files("check_jsonschema").joinpath("builtin_schemas", "vendor", "compose-spec.json")
    return json.loads(vendored.read_text("utf-8"))


def test_the_compose_file_is_valid_by_the_compose_specification() -> None:
    """Read as it is written, and as it is with its variables filled in."""
    schema = compose_schema()
    for document in (yaml.safe_load(COMPOSE.read_text("utf-8")), read_compose(VARIABLES)):
        jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)


def test_the_override_that_operators_are_shown_is_valid_and_fits(services: dict[str, Any]) -> None:
    """It is copied as it stands."""
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    (text,) = (block for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "x-more" in block)
    override = yaml.safe_load(text)
    jsonschema.validate(override, compose_schema(), cls=jsonschema.Draft202012Validator)
    assert set(override["services"]) == {name for name in services if name.startswith("worker-")}
    for service in override["services"].values():
        assert service["secrets"][0] in services["worker-live"]["secrets"]
        assert set(service["secrets"][1:]) <= set(override["secrets"])


def test_every_service_of_ours_reads_the_settings_where_the_image_looks_for_them(services: dict[str, Any]) -> None:
    """So that a change of them needs no new image."""
    where = dict(DockerfileParser(str(ROOT / "Dockerfile")).envs)["QCJOBS_CONFIG"]
    ours = {name: service for name, service in services.items() if "build" in service}
    assert {config["target"] for service in ours.values() for config in service["configs"]} == {where}
    assert all(service["configs"] for service in ours.values())


def test_nothing_starts_without_an_account_being_named() -> None:
    """Compose then says what to fill in."""
    with pytest.raises(KeyError, match="QC_USER_ID"):
        read_compose({})


def test_the_dockerfile_has_nothing_that_a_linter_objects_to() -> None:
    """hadolint knows the traps."""
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([linter, str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_image_is_built_in_stages_and_runs_as_nobody_important() -> None:
    """A compiler and a root user are of no use to a worker."""
    steps = [(step["instruction"], step["value"]) for step in DockerfileParser(str(ROOT / "Dockerfile")).structure]
    named = [name for name, _ in steps]
    users = [value for name, value in steps if name == "USER"]
    assert named.count("FROM") == 2
    assert users[-1].isdigit()
    assert int(users[-1]) > 0
    assert "HEALTHCHECK" in named


def test_what_the_image_copies_exists_and_is_let_through() -> None:
    """A missing folder would be noticed by the first user's build."""
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for step in DockerfileParser(str(ROOT / "Dockerfile")).structure:
        if step["instruction"] == "COPY" and "--from" not in step["value"]:
            for source in step["value"].split()[:-1]:
                assert (ROOT / source).exists(), source
                assert any(source == name or Path(source).match(name) for name in allowed), source


def test_every_package_of_the_wheel_is_in_the_image() -> None:
    """A new floor must not be forgotten."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = " ".join(
        step["value"] for step in DockerfileParser(str(ROOT / "Dockerfile")).structure if step["instruction"] == "COPY"
    ).split()
    assert [package for package in packages if package not in copied] == []


def test_the_image_installs_what_the_project_asks_for(tmp_path: Path) -> None:
    """Its dependencies are a layer of their own, listed by a line of the Dockerfile, which is run here."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    runs = [
        step["value"] for step in DockerfileParser(str(ROOT / "Dockerfile")).structure if step["instruction"] == "RUN"
    ]
    (listing,) = (run.partition(" && ")[0] for run in runs if "requirements.txt" in run)
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    subprocess.run(["sh", "-ec", listing.replace("python", sys.executable, 1)], cwd=tmp_path, check=True)

    listed = (tmp_path / "requirements.txt").read_text().splitlines()
    extras = project["optional-dependencies"]
    assert listed == [*project["dependencies"], *extras["emulator"], *extras["otel"], *extras["postgres"]]


def test_every_lane_has_a_worker_of_its_own(services: dict[str, Any]) -> None:
    """A lane that nobody serves is a queue that only grows."""
    served = [
        service["command"][service["command"].index("-Q") + 1]
        for service in services.values()
        if "-Q" in (service.get("command") or [])
    ]
    assert sorted(served) == sorted(lanes.ALL)


def test_everything_that_stays_has_a_health_check(services: dict[str, Any]) -> None:
    """Compose waits for it, and `docker ps` shows it."""
    assert [
        name for name, service in services.items() if "healthcheck" not in service and service["restart"] != "no"
    ] == []


def test_only_a_dashboard_is_published_and_only_on_this_machine(services: dict[str, Any]) -> None:
    """Redis and PostgreSQL are nobody else's business."""
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(published) <= {"flower", "metrics"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_no_secret_stands_in_an_environment_or_a_command(services: dict[str, Any]) -> None:
    """Both can be read by `docker inspect`. The emulator's token is none."""
    for name, service in services.items():
        if name != "emulator":
            assert VARIABLES["QC_API_TOKEN"] not in json.dumps(service), name
        names = [
            key for key in service.get("environment", {}) if key.endswith(("PASSWORD", "TOKEN")) and name != "emulator"
        ]
        assert names == []


def test_only_the_workers_know_the_account(services: dict[str, Any]) -> None:
    """Whoever breaks into the dashboard finds no token."""
    holders = {name for name, service in services.items() if "qc_api_token" in service.get("secrets", [])}
    assert holders == {name for name in services if name.startswith("worker-")}


def test_containers_are_locked_up(services: dict[str, Any]) -> None:
    """No capability, no new privileges; and read-only wherever a secret does not forbid it."""
    for name, service in services.items():
        assert "no-new-privileges:true" in service["security_opt"], name
        if name != "postgres":  # its image starts as root and changes its user
            assert service["cap_drop"] == ["ALL"], name
            assert service["read_only"] is not bool(service.get("secrets")), name


def test_the_example_of_the_environment_names_what_compose_asks_for() -> None:
    """A variable that nobody mentions is one that nobody sets."""
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text()))
    example = (ROOT / "configs" / ".env.example").read_text()
    assert [name for name in asked if name not in example] == []
