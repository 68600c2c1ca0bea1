"""Commands reach running algorithms and show in their logs; logging in at a brokerage takes a web page."""

import pytest

from emulator.call import Call
from emulator.envelope import ApiFailure
from emulator.routes import ROUTES
from emulator.wire import Arguments
from tests.unit.emulator.account import Account
from tests.unit.emulator.live import OPTIONS, create, deployed, log

ORDER = {"$type": "OrderCommand", "quantity": 10}


@pytest.fixture
def account() -> Account:
    return Account(OPTIONS)


def test_a_command_shows_in_the_log(account: Account) -> None:
    """Whole, with the name of its class."""
    project = deployed(account)
    account.ask("live/commands/create", projectId=project, command=ORDER)
    account.wait(300)
    assert any(
        'Command received (OrderCommand): {"$type":"OrderCommand","quantity":10}' in line
        for line in log(account, project)
    )


def test_a_command_needs_a_running_algorithm(account: Account) -> None:
    """Neither one that starts nor one that has ended hears it."""
    project = account.project()
    create(account, project)
    with pytest.raises(ApiFailure, match="does not run live"):
        account.ask("live/commands/create", projectId=project, command=ORDER)
    account.wait(10)
    account.ask("live/update/stop", projectId=project)
    with pytest.raises(ApiFailure, match="does not run live"):
        account.ask("live/commands/create", projectId=project, command=ORDER)


def test_a_command_says_something(account: Account) -> None:
    """An empty one is a mistake of the client's."""
    project = deployed(account)
    with pytest.raises(ApiFailure, match="command"):
        account.ask("live/commands/create", projectId=project, command={})


def test_a_broadcast_reaches_every_running_algorithm_but_the_excluded_one(account: Account) -> None:
    """So that the sender does not command itself."""
    one, two = deployed(account), deployed(account, node=1)
    organization = account.world.options.organization_id
    account.ask("live/commands/broadcast", organizationId=organization, excludeProjectId=two, command={"text": "hello"})
    account.wait(300)
    assert ["hello" in "\n".join(log(account, project)) for project in (one, two)] == [True, False]


def test_a_broadcast_to_a_foreign_organization_is_refused(account: Account) -> None:
    """It would reach nobody, and nobody would notice."""
    with pytest.raises(ApiFailure, match="Organization not found"):
        account.ask("live/commands/broadcast", organizationId="f" * 32, command=ORDER)


def test_authorizing_redirects_to_a_login_page(account: Account) -> None:
    """HTTP 302, for a browser to follow."""
    call = Call(Arguments({"brokerage": "alpaca", "projectId": 1}), account.world)
    assert ROUTES["live/auth0/authorize"](call) == {}
    assert (call.status, call.enveloped) == (302, False)
    assert call.headers["Location"] == "http://127.0.0.1:5612/emulator/brokerage/alpaca"


def test_there_are_no_tokens_before_the_login(account: Account) -> None:
    """A client polls until they are there."""
    assert account.ask("live/auth0/read", brokerage="tradestation") == {"authorization": {}}
    account.world.authorized.add("tradestation")
    authorization = account.ask("live/auth0/read", brokerage="tradestation")["authorization"]
    assert set(authorization) == {"trade-station-client-id", "trade-station-refresh-token", "accounts"}


def test_a_brokerage_without_web_login_is_refused(account: Account) -> None:
    """Its keys go into live/create directly."""
    with pytest.raises(ApiFailure, match="without web login"):
        account.ask("live/auth0/read", brokerage="kraken")
