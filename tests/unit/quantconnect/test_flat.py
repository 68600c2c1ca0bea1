"""The flat methods: what they ask, what they return, and that they never raise what the server says."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from quantconnect import AsyncQuantConnectClient, InvalidRequest, NotFound, QCResponse, QuantConnectClient
from quantconnect.flat import AsyncFlatMethods, FlatMethods
from tests.unit.quantconnect.server import AT_ONCE, OK, TOKEN, USER_ID, Script, refused

Client = QuantConnectClient | AsyncQuantConnectClient


class Call:
    """A method by its name, with its arguments."""

    def __init__(self, name: str, /, *arguments: Any, **options: Any) -> None:
        self.name = name
        self._arguments = arguments
        self._options = options

    def __call__(self, client: Client) -> Any:
        return getattr(client, self.name)(*self._arguments, **self._options)

    def __repr__(self) -> str:
        return self.name


#: What is called, what the server answers, where it goes and with what.
CALLS: list[tuple[Call, dict[str, Any], str, dict[str, Any]]] = [
    (Call("list_projects"), {"projects": []}, "projects/read", {}),
    (Call("get_project", 7), {"projects": [{"projectId": 7}]}, "projects/read", {"projectId": 7}),
    (
        Call("create_project", "n"),
        {"projects": [{"projectId": 7}]},
        "projects/create",
        {"name": "n", "language": "Py", "organizationId": "org"},
    ),
    (
        Call("create_project", name="n", language="CSharp"),
        {"projects": [{"projectId": 7}]},
        "projects/create",
        {"name": "n", "language": "C#", "organizationId": "org"},
    ),
    (Call("delete_project", 7), {}, "projects/delete", {"projectId": 7}),
    (Call("list_files", 7), {"files": []}, "files/read", {"projectId": 7}),
    (
        Call("get_file", 7, "a.py"),
        {"files": [{"name": "a.py", "content": "x"}]},
        "files/read",
        {"projectId": 7, "name": "a.py"},
    ),
    (
        Call("create_file", 7, "a.py", "x"),
        {},
        "files/update",
        {"projectId": 7, "name": "a.py", "content": "x"},
    ),
    (
        Call("update_file", 7, "a.py", "x"),
        {},
        "files/update",
        {"projectId": 7, "name": "a.py", "content": "x"},
    ),
    (Call("delete_file", 7, "a.py"), {}, "files/delete", {"projectId": 7, "name": "a.py"}),
    (Call("compile_project", 7), {"compileId": "c", "state": "InQueue"}, "compile/create", {"projectId": 7}),
    (
        Call("get_compile_status", 7, "c"),
        {"state": "BuildSuccess"},
        "compile/read",
        {"projectId": 7, "compileId": "c"},
    ),
    (
        Call("create_backtest", 7, "c", "n", {"fast": 10}),
        {"backtest": {"backtestId": "b"}},
        "backtests/create",
        {"projectId": 7, "compileId": "c", "backtestName": "n", "parameters": {"fast": 10}},
    ),
    (
        Call("get_backtest", 7, "b"),
        {"backtest": {"backtestId": "b"}},
        "backtests/read",
        {"projectId": 7, "backtestId": "b"},
    ),
    (
        Call("list_backtests", 7),
        {"backtests": []},
        "backtests/list",
        {"projectId": 7, "includeStatistics": True},
    ),
    (Call("delete_backtest", 7, "b"), {}, "backtests/delete", {"projectId": 7, "backtestId": "b"}),
    (
        Call("create_live_algorithm", 7, "c", "L-1", "Paper", {"cash": 1000}, parameters={"fast": 10}),
        {"deployId": "L-9"},
        "live/create",
        {
            "versionId": "-1",
            "projectId": 7,
            "compileId": "c",
            "nodeId": "L-1",
            "brokerage": {"id": "QuantConnectBrokerage", "cash": [{"amount": 1000.0, "currency": "USD"}]},
            "dataProviders": {"QuantConnectBrokerage": {"id": "QuantConnectBrokerage"}},
            "automaticRedeploy": False,
            "parameters": {"fast": "10"},
        },
    ),
    (Call("get_live_algorithm", 7), {"status": "Running"}, "live/read", {"projectId": 7}),
    (
        Call("get_live_algorithm", 7, "L-9"),
        {"status": "Running"},
        "live/read",
        {"projectId": 7, "deployId": "L-9"},
    ),
    (Call("list_live_algorithms"), {"live": []}, "live/list", {}),
    (Call("list_live_algorithms", 7), {"live": []}, "live/list", {"projectId": 7}),
    (Call("stop_live_algorithm", 7), {}, "live/update/stop", {"projectId": 7}),
    (Call("liquidate_live_algorithm", 7), {}, "live/update/liquidate", {"projectId": 7}),
    (
        Call("get_orders", 7),
        {"orders": [], "length": 0},
        "live/orders/read",
        {"projectId": 7, "start": 0, "end": 100},
    ),
    (Call("get_holdings", 7), {"portfolio": {}}, "live/portfolio/read", {"projectId": 7}),
]


def client(script: Script) -> QuantConnectClient:
    """A client of that server."""
    return QuantConnectClient(
        USER_ID, TOKEN, organization_id="org", policy=AT_ONCE, transport=httpx.MockTransport(script)
    )


def ask(script: Script, call: Callable[[Any], Any]) -> Any:
    """By the synchronous client."""
    with client(script) as api:
        return call(api)


def ask_async(script: Script, call: Callable[[Any], Any]) -> Any:
    """By the asynchronous one."""

    async def run() -> Any:
        transport = httpx.MockTransport(script)
        async with AsyncQuantConnectClient(
            USER_ID, TOKEN, organization_id="org", policy=AT_ONCE, transport=transport
        ) as api:
            return await call(api)

    return asyncio.run(run())


@pytest.mark.parametrize("through", [ask, ask_async])
@pytest.mark.parametrize(("call", "answer", "path", "fields"), CALLS)
def test_a_method_asks_its_endpoint_with_its_fields(
    through: Callable[..., Any], call: Call, answer: dict[str, Any], path: str, fields: dict[str, Any]
) -> None:
    """By either client; a list is a list, everything else a response with the content as it came."""
    script = Script({**OK, **answer})
    result = through(script, call)
    assert script.requests[-1].url.path == f"/api/v2/{path}"
    assert script.sent() == fields
    if isinstance(result, QCResponse):
        assert (result.success, result.errors, result.status_code) == (True, [], 200)
        assert result.data == answer
    else:
        assert isinstance(result, list)


@pytest.mark.parametrize("call", [call for call, *_ in CALLS], ids=repr)
def test_a_refusal_is_a_response_or_for_lists_an_error(call: Call) -> None:
    """Nothing that the server says needs an `except`, but a list has no place for it."""
    script = Script(*[refused("Project not found")] * 2)  # a file that is not there is asked for twice
    if call.name.startswith("list_"):
        with pytest.raises(NotFound):
            ask(script, call)
        return
    response = ask(script, call)
    assert (response.success, response.status_code, response.errors[0]) == (False, 404, "Project not found")


def test_no_method_is_without_a_test() -> None:
    """A method that is added must stand in the table above."""
    methods = {name for name in vars(FlatMethods) if not name.startswith("_")}
    assert methods - {"authenticate"} == {call.name for call, *_ in CALLS}


def test_the_twins_have_the_same_methods() -> None:
    """With the same signatures and docstrings, but for what is awaited."""
    ours = dict(inspect.getmembers(FlatMethods, inspect.isfunction))
    theirs = dict(inspect.getmembers(AsyncFlatMethods, inspect.isfunction))
    assert ours.keys() == theirs.keys()
    for name, function in ours.items():
        assert inspect.signature(function) == inspect.signature(theirs[name]), name
        assert inspect.getdoc(function) == inspect.getdoc(theirs[name]), name
        assert inspect.iscoroutinefunction(theirs[name])


@pytest.mark.parametrize("name", [name for name in vars(FlatMethods) if not name.startswith("_")])
def test_every_method_is_documented_with_its_source(name: str) -> None:
    """`help(client.create_backtest)` answers, and says who says so."""
    assert "Source: API reference" in (inspect.getdoc(getattr(FlatMethods, name)) or "")


def test_a_file_that_does_not_exist_is_created() -> None:
    """`create_file` means: let this file have this content."""
    script = Script(refused("File not found: a.py"), {**OK, "files": [{"name": "a.py", "id": 3}]})
    response = ask(script, lambda c: c.create_file(7, "a.py", "x"))
    assert [request.url.path.rpartition("/")[2] for request in script.requests] == ["update", "create"]
    assert response.data == {"files": [{"name": "a.py", "id": 3}]}


def test_a_file_that_is_refused_is_not_created() -> None:
    """Only a missing file is a reason to create one."""
    script = Script(refused("File exceeds the maximum size of 32,000 characters."))
    assert ask(script, lambda c: c.create_file(7, "a.py", "x")).status_code == 413


def test_orders_of_all_pages_are_one_answer() -> None:
    """Who asks for the orders means all of them."""
    first = {**OK, "orders": [{"id": number} for number in range(100)], "length": 102}
    second = {**OK, "orders": [{"id": 100}, {"id": 101}], "length": 102}
    script = Script(first, second)
    response = ask(script, lambda c: c.get_orders(7))
    assert [order["id"] for order in response.data["orders"]] == list(range(102))
    assert response.data["length"] == 102
    assert script.sent() == {"projectId": 7, "start": 100, "end": 200}


def test_a_page_of_orders_that_is_refused_is_a_response() -> None:
    """After the smaller page that is tried first."""
    script = Script(refused("Bad window"), refused("Bad window"))
    response = ask(script, lambda c: c.get_orders(7))
    assert (response.status_code, response.errors[0]) == (400, "Bad window")


def test_an_answer_without_what_was_asked_for_is_not_a_success() -> None:
    """A `success: true` around nothing would only fail later."""
    assert ask(Script({**OK, "projects": []}), lambda c: c.get_project(7)).status_code == 404


def test_no_answer_is_a_response_too() -> None:
    """With what to do about it."""
    response = ask(Script(*[httpx.ConnectError("no route")] * 3), lambda c: c.get_project(7))
    assert (response.success, response.status_code) == (False, 503)
    assert "nothing was sent" in response.errors[-1]


@pytest.mark.parametrize("language", ["Python", "python", "Py", "py"])
def test_python_has_several_spellings(language: str) -> None:
    """The API knows one, people another."""
    script = Script({**OK, "projects": [{"projectId": 7}]})
    assert ask(script, lambda c: c.create_project("n", language))
    assert script.sent()["language"] == "Py"


def test_arguments_that_cannot_be_sent_are_raised() -> None:
    """They are a mistake in the program, and no answer."""
    with pytest.raises(InvalidRequest, match="language"):
        ask(Script(), lambda c: c.create_project("n", "Cobol"))


def test_missing_settings_of_a_brokerage_are_named_and_nothing_is_sent() -> None:
    """The values come from people, so this is an answer to look at."""
    script = Script()
    response = ask(script, lambda c: c.create_live_algorithm(7, "c", "L-1", "Kraken", {"key": "k"}))
    assert (response.success, response.status_code, script.requests) == (False, 400, [])
    assert "kraken-api-secret" in response.errors[0]


def test_the_environment_says_where_the_api_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program can be pointed at an emulator without being changed; an argument wins."""
    monkeypatch.setenv("QC_BASE_URL", "http://127.0.0.1:5612/api/v2")
    script = Script(OK, OK)
    ask(script, lambda c: c.delete_project(7))
    assert str(script.requests[-1].url) == "http://127.0.0.1:5612/api/v2/projects/delete"
    transport = httpx.MockTransport(script)
    with QuantConnectClient(USER_ID, TOKEN, base_url="https://example.test/api", transport=transport) as api:
        api.delete_project(7)
    assert str(script.requests[-1].url) == "https://example.test/api/projects/delete"
