"""Data files, modules and news; each link costs what the price list says."""

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from emulator.call import Call
from emulator.envelope import ApiFailure
from emulator.options import EmulatorOptions
from emulator.routes import ROUTES
from emulator.wire import Arguments
from tests.unit.emulator.account import Account

SPY = "equity/usa/daily/spy.zip"


def buy(account: Account, path: str) -> dict[str, Any]:
    organization = account.world.options.organization_id
    return account.ask("data/read", format="link", filePath=path, organizationId=organization)


def test_the_list_knows_what_lies_under_a_prefix(account: Account) -> None:
    """A prefix need not end at a folder."""
    assert account.ask("data/list", filePath="equity/usa/daily/s")["objects"] == [SPY]
    assert len(account.ask("data/list", filePath="equity")["objects"]) == 8


def test_an_unknown_prefix_is_a_server_error_without_a_body(account: Account) -> None:
    """The trap of this endpoint: nothing found looks like a crash."""
    call = Call(Arguments({"filePath": "bonds"}), account.world)
    assert ROUTES["data/list"](call) == {}
    assert (call.status, call.enveloped) == (500, False)


def test_a_file_costs_what_the_price_list_says(account: Account) -> None:
    """And the organization's balance goes down by it."""
    organization = account.world.options.organization_id
    before = account.ask("account/read")["creditBalance"]
    bought = buy(account, SPY)
    prices = account.ask("data/prices", organizationId=organization)["prices"]
    assert bought["cost"] == next(item["price"] for item in prices if re.match(item["regex"], SPY)) > 0
    assert bought["balance"] == before - bought["cost"] == account.ask("account/read")["creditBalance"]


def test_without_credit_nothing_is_sold(account: Account) -> None:
    """And nothing is owed."""
    account.world.credit = 1
    with pytest.raises(ApiFailure, match="credit"):
        buy(account, SPY)
    assert account.world.credit == 1


def test_a_file_holds_prices_that_do_not_change(account: Account) -> None:
    """A zip with one table, as LEAN reads it."""

    def table(account: Account) -> list[str]:
        file = account.world.downloads.take(buy(account, SPY)["link"].split("/")[-2])
        assert file is not None
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            return archive.read("spy.csv").decode().splitlines()

    lines = table(account)
    assert lines == table(Account(replace(account.world.options, seed=9)))
    assert lines[0].startswith("20240102 00:00,")
    opened, high, low, close = (int(value) for value in lines[5].split(",")[1:5])
    assert low <= min(opened, close) <= max(opened, close) <= high


def test_an_unknown_file_cannot_be_bought(account: Account) -> None:
    """It costs nothing to ask."""
    with pytest.raises(ApiFailure, match="Data file not found"):
        buy(account, "equity/usa/daily/nothing.zip")


def test_a_module_has_files_behind_links(account: Account) -> None:
    """An unknown product has none."""
    arguments = {"productId": 1, "organizationId": EmulatorOptions().organization_id}
    (name,) = account.ask("modules/list", **arguments)["files"]
    link = account.ask("modules/read", **arguments, fileName=name)["url"]
    assert link.endswith(name)
    assert account.ask("modules/list", **arguments | {"productId": 99})["files"] == []
    with pytest.raises(ApiFailure, match="Module file not found"):
        account.ask("modules/read", **arguments, fileName="other.nupkg")
