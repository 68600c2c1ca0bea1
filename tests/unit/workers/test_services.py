"""What `qcjobs up` runs, looked at as data."""

import json
import socket
from pathlib import Path

import pytest

from emulator.options import EmulatorOptions
from workers.embedded import services
from workers.embedded.home import Home
from workers.embedded.ports import LOOPBACK
from workers.embedded.services import EVERYTHING, NAMES, Options, plan


def test_everything_is_five_services_with_the_infrastructure_first(tmp_path: Path) -> None:
    """Worker, beat and Flower find broker and emulator only when those have said where they are."""
    planned = plan(Home(tmp_path), EVERYTHING)
    stages = {service.name: service.stage for service in planned}
    assert tuple(stages) == NAMES
    assert max(stages["redis"], stages["emulator"]) < min(stages["worker"], stages["beat"], stages["flower"])


def test_what_is_configured_elsewhere_is_not_started(tmp_path: Path) -> None:
    """With a Redis URL and credentials, the embedded Redis and the emulator stay away."""
    planned = plan(Home(tmp_path), Options(services=("worker", "beat", "flower")))
    assert [service.name for service in planned] == ["worker", "beat", "flower"]
    assert [service.private_files for service in planned] == [{}, {}, {}]


def test_no_secret_is_on_a_command_line_or_in_a_repr(tmp_path: Path) -> None:
    """`ps` shows command lines to every user of the machine; reprs end in logs."""
    home = Home(tmp_path)
    planned = plan(home, EVERYTHING)
    secrets = [home.secret(name) for name in ("redis-password", "emulator-token", "flower-password")]
    for service in planned:
        shown = " ".join(service.argv) + repr(service) + json.dumps(dict(service.address))
        assert not [secret for secret in secrets if secret in shown], service.name


def test_every_server_listens_on_loopback_only(tmp_path: Path) -> None:
    """A laptop in a café must not offer its queue to the room."""
    home = Home(tmp_path)
    argv = {service.name: service.argv for service in plan(home, EVERYTHING)}
    assert "--host 127.0.0.1" in " ".join(argv["emulator"])
    assert "--address=127.0.0.1" in argv["flower"]
    assert "bind 127.0.0.1\n" in (home.run / "redis.conf").read_text()


def test_the_emulator_publishes_the_account_it_was_given(tmp_path: Path) -> None:
    """Every process of this home signs with this account, so it must be the emulator's."""
    (emulator,) = plan(Home(tmp_path), Options(services=("emulator",), emulator_arguments=("--nodes", "4")))
    account = json.loads(emulator.private_files["emulator.json"])
    assert account["api_token"] == emulator.environment["QC_EMULATOR_TOKEN"]
    assert account["base_url"] == emulator.address["base_url"]
    assert account["user_id"] == str(EmulatorOptions().user_id) == emulator.argv[emulator.argv.index("--user-id") + 1]
    assert account["organization_id"] == EmulatorOptions().organization_id
    assert emulator.argv[-2:] == ("--nodes", "4")


def test_flower_asks_for_a_login(tmp_path: Path) -> None:
    """Without one it shows every task to everybody on the machine."""
    home = Home(tmp_path)
    (flower,) = plan(home, Options(services=("flower",)))
    assert flower.environment["FLOWER_BASIC_AUTH"] == f"qcjobs:{home.secret('flower-password')}"
    assert Path(flower.address["password_file"]).read_text() == home.secret("flower-password")


def test_a_taken_port_is_avoided_and_the_new_one_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another emulator, or anything else, may be there already."""
    with socket.create_server((LOOPBACK, 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr(services, "EMULATOR_PORT", taken)
        first = plan(Home(tmp_path), Options(services=("emulator",)))[0].address["base_url"]
        again = plan(Home(tmp_path), Options(services=("emulator",)))[0].address["base_url"]
    assert f":{taken}/" not in first
    assert again == first


def test_options_travel_to_the_supervisor_unharmed() -> None:
    """They go over a command line as JSON."""
    options = Options(("redis", "emulator"), ("--nodes", "4", "--speed=10"), 8)
    assert Options.from_json(options.to_json()) == options


def test_an_unknown_service_is_refused_by_name() -> None:
    """A typing error must not silently start less."""
    with pytest.raises(ValueError, match="no such service: flowers; there are redis, emulator"):
        Options(services=("redis", "flowers"))
