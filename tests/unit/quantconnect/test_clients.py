"""The two clients: twins, and each method asks the right endpoint with the right fields."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest

from quantconnect import (
    AccountLocked,
    AsyncQuantConnectClient,
    InvalidRequest,
    MissingCredentials,
    NotFound,
    ProjectId,
    QuantConnectClient,
    QuantConnectError,
    async_client,
    client,
    operations,
)
from quantconnect.endpoints import ALL
from quantconnect.methods import asked, async_iterated, awaited, iterated
from quantconnect.models.brokerages import Oanda, OtherBrokerage
from quantconnect.models.files import Files
from quantconnect.models.ids import CompileId, NodeId
from tests.unit.quantconnect.cases import CASES, WITH_FILES, B, Case, P
from tests.unit.quantconnect.server import AT_ONCE, OK, TOKEN, USER_ID, Script, refused


def ask(script: Script, call: Callable[[Any], Any], organization_id: str | None = "org") -> object:
    """Call the synchronous client; of an iterator, take everything."""
    with QuantConnectClient(
        USER_ID, TOKEN, organization_id=organization_id, policy=AT_ONCE, transport=script.transport
    ) as c:
        result = call(c)
        return list(result) if isinstance(result, Iterator) else result


def ask_async(script: Script, call: Callable[[Any], Awaitable[Any]], organization_id: str | None = "org") -> object:
    """Call the asynchronous client; of an iterator, take everything."""

    async def run() -> object:
        async with AsyncQuantConnectClient(
            USER_ID, TOKEN, organization_id=organization_id, policy=AT_ONCE, transport=script.transport
        ) as c:
            result = call(c)
            return [item async for item in result] if isinstance(result, AsyncIterator) else await result

    return asyncio.run(run())


Asked = Callable[..., Any]
both = pytest.mark.parametrize("asked_by", [ask, ask_async])


@both
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_method_asks_its_endpoint_with_its_fields(asked_by: Asked, case: Case) -> None:
    """The documented names, nothing besides."""
    script = Script(OK | case.answer)
    asked_by(script, case.call)
    assert [request.url.path for request in script.requests] == [f"/api/v2/{case.path}"]
    assert script.sent() == case.sent


@pytest.mark.parametrize("case", CASES, ids=str)
def test_both_clients_return_the_same(case: Case) -> None:
    """Not coroutines, not envelopes: results."""
    assert ask(Script(OK | case.answer), case.call) == ask_async(Script(OK | case.answer), case.call)


def test_every_endpoint_has_a_method() -> None:
    """An endpoint nobody can reach is dead."""
    assert {endpoint.path for endpoint in ALL} == {case.path for case in CASES} | {"object/set"}


def methods_of(part: object, kind: type, prefix: str = "") -> dict[str, Any]:
    """The operations of a client and its resources, by their names below the client."""
    members = [item for cls in type(part).__mro__ for item in vars(cls).items()]
    found = {prefix + name: value for name, value in members if isinstance(value, kind)}
    for name, value in vars(part).items():
        if isinstance(value, client.Resource | async_client.Resource) and not name.startswith("_"):
            found |= methods_of(value, kind, f"{prefix}{name}.")
    return found


def names_of(part: object, *kinds: type) -> set[str]:
    """Their names, without those of the flat methods, which have tests of their own."""
    return {name for kind in kinds for name, method in methods_of(part, kind).items() if not is_flat(method)}


def is_flat(method: Any) -> bool:
    """Whether it belongs to the flat methods."""
    return bool(inspect.unwrap(method.__get__(None, type)).__module__.endswith(".flat"))


def test_every_method_has_a_case() -> None:
    """What is added is shown here, too."""
    with QuantConnectClient(USER_ID, TOKEN) as c:
        assert names_of(c, asked, iterated) == {case.method for case in CASES} | set(WITH_FILES)


def test_the_clients_are_twins() -> None:
    """What is learned about one holds for the other: the same resources, the same operations under the same names."""
    with QuantConnectClient(USER_ID, TOKEN) as ours:
        theirs = AsyncQuantConnectClient(USER_ID, TOKEN)
        for kind, twin in ((asked, awaited), (iterated, async_iterated)):
            mine, its = methods_of(ours, kind), methods_of(theirs, twin)
            assert mine.keys() == its.keys()
            for name, method in mine.items():
                one, other = method.__get__(None, type), its[name].__get__(None, type)
                assert inspect.unwrap(one) is inspect.unwrap(other), name
                assert inspect.getdoc(one) == inspect.getdoc(other), name
                assert inspect.iscoroutinefunction(other) is (twin is awaited), name
                if twin is awaited:
                    assert inspect.signature(one) == inspect.signature(other), name
        asyncio.run(theirs.close())


def operations_of() -> list[Any]:
    """Every public operation there is, without the building blocks."""
    blocks = {"base", "paging", "waiting"}
    modules = [value for name, value in vars(operations).items() if inspect.ismodule(value) and name not in blocks]
    found = []
    for module in modules:
        for name, value in vars(module).items():
            returns = getattr(value, "__annotations__", {}).get("return")
            is_ours = inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
            if is_ours and any(word in str(returns) for word in ("base.Call", "Generator")):
                found.append(value)
    return found


def test_every_operation_can_be_called_on_the_clients() -> None:
    """A function that nobody carries is dead."""
    with QuantConnectClient(USER_ID, TOKEN) as c:
        carried = {
            inspect.unwrap(method.__get__(None, type))
            for kind in (asked, iterated)
            for method in methods_of(c, kind).values()
        }
    assert [operation for operation in operations_of() if operation not in carried] == []


@pytest.mark.parametrize("operation", operations_of(), ids=lambda o: f"{o.__module__.rpartition('.')[2]}.{o.__name__}")
def test_every_operation_is_described_with_its_source(operation: Any) -> None:
    """Who reads `help` learns who says so."""
    assert "Source: " in (inspect.getdoc(operation) or "")


def test_a_method_shows_what_it_takes_and_returns() -> None:
    """`help` and editors show the result, not how it is asked for."""
    signature = str(inspect.signature(QuantConnectClient.authenticate))
    assert signature == "(self) -> bool"
    with QuantConnectClient(USER_ID, TOKEN) as c:
        assert "project_id: quantconnect.models.ids.ProjectId, name: str" in str(inspect.signature(c.files.read_one))
        assert str(inspect.signature(c.files.delete)).endswith("-> None")
        assert str(inspect.signature(c.backtests.orders.iterate)).endswith("Iterator[quantconnect.models.orders.Order]")
        assert c.files.delete.__name__ == "delete"
        assert (inspect.getdoc(c.files.delete) or "").startswith("Delete a file.")


@both
def test_wrong_credentials_are_a_no_and_one_request(asked_by: Asked) -> None:
    """A question is no failure, and a second try would be one step towards a locked account."""
    script = Script(refused("Hash doesn't match."))
    assert asked_by(script, lambda c: c.authenticate()) is False
    assert len(script.requests) == 1


@both
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused("too many failed attempts for this user or ip"), AccountLocked),
        (httpx.ConnectError("refused"), QuantConnectError),
    ],
)
def test_whether_credentials_are_good_stays_open_when_nobody_can_tell(
    asked_by: Asked, answer: Any, error: type[Exception]
) -> None:
    """A hiccup of the server is not a wrong password."""
    with pytest.raises(error):
        asked_by(Script(answer, answer, answer), lambda c: c.authenticate())


@both
def test_what_is_not_in_the_answer_is_not_found(asked_by: Asked) -> None:
    """An empty list is how some answers say no."""
    with pytest.raises(NotFound, match="Project 1"):
        asked_by(Script(OK | {"projects": [{"projectId": 2}]}), lambda c: c.projects.read(P))
    with pytest.raises(NotFound, match=r"File a\.py"):
        asked_by(Script(OK | {"files": []}), lambda c: c.files.read_one(P, "a.py"))


NEEDING = [case for case in CASES if case.sent.get("organizationId") == "org"]
OPTIONAL = {"account.read", "projects.create", "users.read"}


@both
@pytest.mark.parametrize("case", [case for case in NEEDING if case.method not in OPTIONAL], ids=str)
def test_what_needs_an_organization_says_so_before_asking(asked_by: Asked, case: Case) -> None:
    """With the name of the variable to set."""
    script = Script()
    with pytest.raises(MissingCredentials, match="QC_ORGANIZATION_ID"):
        asked_by(script, case.call, None)
    assert script.requests == []


@both
@pytest.mark.parametrize("case", [case for case in NEEDING if case.method in OPTIONAL], ids=str)
def test_what_can_do_without_an_organization_does(asked_by: Asked, case: Case) -> None:
    """The server then takes the user's preferred one."""
    script = Script(OK | case.answer)
    asked_by(script, case.call, None)
    assert "organizationId" not in script.sent()


@both
def test_a_file_is_updated_else_created(asked_by: Asked) -> None:
    """`write` needs no knowledge of what is there."""
    script = Script(refused("File not found: a.py"), OK)
    assert asked_by(script, lambda c: c.files.write(P, "a.py", "x")) is True
    assert [request.url.path for request in script.requests] == ["/api/v2/files/update", "/api/v2/files/create"]
    assert asked_by(Script(OK), lambda c: c.files.write(P, "a.py", "x")) is False


@both
def test_a_file_that_may_not_be_written_is_not_created(asked_by: Asked) -> None:
    """Only what is not found is created."""
    script = Script(refused("You have no write permission"))
    with pytest.raises(InvalidRequest):
        asked_by(script, lambda c: c.files.write(P, "a.py", "x"))
    assert len(script.requests) == 1


WRONG: list[tuple[str, Callable[[Any], Any]]] = [
    ("language", lambda c: c.projects.create("n", "Rust")),
    ("name", lambda c: c.backtests.charts.read(P, "b", "", start=None, end=None)),
    ("start", lambda c: c.backtests.orders.read(P, "b", start=-1)),
    ("start", lambda c: c.backtests.orders.iterate(P, "b", start=-1)),
    ("keys", lambda c: c.objects.wait_for_link([])),
    ("content", lambda c: c.files.write(P, "a.py", None)),
]


@both
@pytest.mark.parametrize(("field", "call"), WRONG)
def test_arguments_that_cannot_be_sent_are_refused_here(
    asked_by: Asked, field: str, call: Callable[[Any], Any]
) -> None:
    """As an error of this library that names the field, in a single request as within a longer procedure."""
    script = Script()
    with pytest.raises(InvalidRequest, match=field) as caught:
        asked_by(script, call)
    assert caught.value.status == 0
    assert script.requests == []


def test_any_endpoint_can_be_asked() -> None:
    """For whoever wants the whole reply."""
    endpoint = next(endpoint for endpoint in ALL if endpoint.path == "files/read")
    query = endpoint.request.model_validate({"project_id": 1})
    answer = OK | {"files": [{"name": "a.py"}]}
    one = ask(Script(answer), lambda c: c.ask(endpoint, query))
    assert isinstance(one, Files)
    assert one == ask_async(Script(answer), lambda c: c.ask(endpoint, query))


def test_settings_of_a_brokerage_are_in_no_repr() -> None:
    """They are logged while debugging."""
    settings = Oanda(oanda_account_id="me", oanda_access_token="hidden", oanda_environment="Trade")
    other = OtherBrokerage.model_validate({"id": "New", "new-token": "hidden"})
    create = operations.live.create(ProjectId(1), CompileId("c"), NodeId("n"), other, data_providers=[settings])
    assert "hidden" not in f"{settings!r} {settings} {other!r} {other} {create!r} {create.query!r}"
    assert "hidden" in str(create.query.model_dump())


@pytest.mark.parametrize("kind", [QuantConnectClient, AsyncQuantConnectClient])
def test_a_client_without_credentials_says_so_at_once(kind: Callable[[], object]) -> None:
    """Not at the first request."""
    with pytest.raises(MissingCredentials):
        kind()


def test_a_client_shows_no_token() -> None:
    """Clients end up in logs."""
    with QuantConnectClient(USER_ID, TOKEN, transport=Script().transport) as c:
        assert TOKEN not in f"{c!r} {c.auth!r}"
        assert str(USER_ID) in repr(c)


def test_an_iterator_asks_only_as_far_as_it_is_read() -> None:
    """The first order of thousands costs one request."""
    page = OK | {"orders": [{"id": n} for n in range(100)], "length": 1000}
    script = Script(page, page)
    with QuantConnectClient(USER_ID, TOKEN, transport=script.transport) as c:
        orders = c.backtests.orders.iterate(P, B)
        assert len(script.requests) == 0
        assert next(orders).id == 0
    assert len(script.requests) == 1
