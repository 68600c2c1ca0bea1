"""The account, its organization and what the cloud offers to it."""

import pytest

from emulator.envelope import ApiFailure
from emulator.options import EmulatorOptions
from tests.unit.emulator.account import Account


def test_the_organization_is_the_same_everywhere() -> None:
    """One id in the list, in itself, in the account and in its projects; its products are its nodes."""
    account = Account(EmulatorOptions(organization_id="a" * 32, nodes=3))
    [listed] = account.ask("organizations/list")["organizations"]
    organization = account.ask("organizations/read")["organization"]
    project = account.ask("projects/create", name="New", language="Py")["projects"][0]
    ids = {listed["id"], organization["id"], account.ask("account/read")["organizationId"], project["organizationId"]}
    assert ids == {"a" * 32}
    assert organization["credit"]["balance"] == account.ask("account/read")["creditBalance"]
    quantities = {product["name"]: product["items"][0]["quantity"] for product in organization["products"]}
    assert quantities["Backtest Nodes"] == len(account.ask("nodes/read")["backtest"]) == 3


@pytest.mark.parametrize(
    "endpoint", ["account/read", "user/read", "organizations/read", "organizations/encryption/keys/list"]
)
def test_a_foreign_organization_is_refused(account: Account, endpoint: str) -> None:
    """The user belongs to one organization only."""
    with pytest.raises(ApiFailure, match="Organization not found"):
        account.ask(endpoint, organizationId="0" * 32)


def test_the_keys_of_encrypted_projects_are_listed_once(account: Account) -> None:
    """By the id that the projects carry, under which the LEAN CLI looks for them."""
    assert account.ask("organizations/encryption/keys/list")["keys"] == []
    for name in ("one", "two"):
        account.ask("projects/update", projectId=account.project(name=name), encryptionKey="5f")
    [key] = account.ask("organizations/encryption/keys/list")["keys"]
    [first, _] = account.ask("projects/read")["projects"]
    assert key["hash"] == first["encryptionKey"]["id"] == "5f"


def test_a_new_projects_version_and_environment_are_offered(account: Account) -> None:
    """So a client that shows their names finds them."""
    project = account.ask("projects/create", name="New", language="Py")["projects"][0]
    versions = [version["id"] for version in account.ask("lean/versions/read")["versions"]]
    environments = [environment["id"] for environment in account.ask("lean/environments/read")["environments"]]
    assert project["leanVersionId"] in versions
    assert project["leanEnvironment"] in environments
