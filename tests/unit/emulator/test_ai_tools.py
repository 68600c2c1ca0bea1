"""The helpers for people who write code: stateless, and in an envelope of their own."""

from typing import Any

import pytest

from emulator.call import Call
from emulator.envelope import ApiFailure
from emulator.pep8 import convert, snake_case
from emulator.routes import ROUTES
from emulator.wire import Arguments
from tests.unit.emulator.account import STRATEGY, Account

OLD_STYLE = """class Old(QCAlgorithm):
    def Initialize(self):
        # SetCash(1) stays in a comment
        self.SetStartDate(2024, 1, 2)
        self.spy = self.AddEquity("SPY.SetCash", Resolution.Daily).Symbol
        self.Debug(f"{self.Portfolio.TotalPortfolioValue}")
"""


def files(content: str) -> list[dict[str, str]]:
    return [{"name": "main.py", "content": content}]


def test_the_replies_have_no_success(account: Account) -> None:
    """The one family of endpoints without the usual envelope."""
    call = Call(Arguments({"language": "Py", "files": files(STRATEGY)}), account.world)
    reply = ROUTES["ai/tools/syntax-check"](call)
    assert call.enveloped is False
    assert set(reply) == {"state", "version", "payload", "payloadType"}


@pytest.mark.parametrize(("source", "state", "count"), [(STRATEGY, "End", 0), ("def", "Error", 1)])
def test_a_syntax_check_finds_what_a_build_would(account: Account, source: str, state: str, count: int) -> None:
    """Line by line, in the words of a compile."""
    reply = account.ask("ai/tools/syntax-check", language="Py", files=files(source))
    assert (reply["state"], len(reply["payload"])) == (state, count)


@pytest.mark.parametrize(
    ("source", "state", "text"),
    [
        (STRATEGY, "End", "successfully"),
        (STRATEGY + "        raise ValueError('bad')\n", "Error", "ValueError : bad"),
        (STRATEGY + "    def on_data(self, data):\n        raise ValueError('later')\n", "End", "successfully"),
        ("def", "Error", "Build Error"),
    ],
)
def test_an_initialization_is_tried_without_a_node(account: Account, source: str, state: str, text: str) -> None:
    """It finds what a backtest would end with in its first moment, and not more."""
    reply = account.ask("ai/tools/backtest-init", language="Py", files=files(source))
    assert reply["state"] == state
    assert text in reply["payload"]


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [("Py", "self.set_ca", ["self.set_cash("]), ("C#", "SetCa", ["SetCash("]), ("Py", "self.zzz", [])],
)
def test_a_sentence_is_completed_in_the_style_of_its_language(
    account: Account, language: str, sentence: str, expected: list[str]
) -> None:
    """Whole sentences come back."""
    reply = account.ask("ai/tools/complete", language=language, sentence=sentence)
    assert reply["payload"] == expected


def test_completions_are_limited_on_request(account: Account) -> None:
    """As many as asked for."""
    reply = account.ask("ai/tools/complete", language="Py", sentence="self.", responseSizeLimit=3)
    assert len(reply["payload"]) == 3


def test_an_error_comes_back_with_more_words(account: Account) -> None:
    """The message stays in it."""
    error: dict[str, Any] = {"message": "name 'x' is not defined", "stacktrace": None}
    assert "name 'x' is not defined" in account.ask("ai/tools/error-enhance", language="Py", error=error)["payload"]


def test_old_names_are_converted_but_texts_and_comments_are_not(account: Account) -> None:
    """The converted code is Python that builds."""
    converted = account.ask("ai/tools/pep8-convert", files=files(OLD_STYLE))["payload"]["main.py"]
    assert "self.set_start_date(2024, 1, 2)" in converted
    assert 'self.add_equity("SPY.SetCash", Resolution.DAILY).symbol' in converted
    assert "def initialize(self):" in converted
    assert "# SetCash(1) stays" in converted
    compile(converted, "main.py", "exec")


def test_code_that_cannot_be_read_is_not_converted() -> None:
    """Better old than broken."""
    assert convert("def (") == "def ("


@pytest.mark.parametrize(
    ("name", "expected"), [("SetStartDate", "set_start_date"), ("RSI", "rsi"), ("OnData", "on_data")]
)
def test_names_become_snakes(name: str, expected: str) -> None:
    """Runs of capitals count as one word."""
    assert snake_case(name) == expected


def test_a_search_finds_pages_that_share_words(account: Account) -> None:
    """Best first, no more than asked for."""
    criteria = [{"input": "limit orders", "type": "Docs", "count": 2}]
    found = account.ask("ai/tools/search", language="Py", criteria=criteria)["retrivals"]
    assert "Order Types" in found[0]["url"]
    assert len(found) <= 2
    nothing = [{"input": "xylophone", "type": "Forum", "count": 5}]
    assert account.ask("ai/tools/search", language="Py", criteria=nothing)["retrivals"] == []


@pytest.mark.parametrize("arguments", [{"language": "Rust"}, {"language": "Py", "files": []}])
def test_a_senseless_request_is_refused(account: Account, arguments: dict[str, Any]) -> None:
    """In the usual form of a refusal."""
    with pytest.raises(ApiFailure):
        account.ask("ai/tools/syntax-check", **arguments)
