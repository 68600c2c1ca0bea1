"""Both carriers perform the same steps and translate the network's errors into ours."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from quantconnect import errors
from quantconnect.endpoints.account import AUTHENTICATE
from quantconnect.endpoints.backtests import CREATE_BACKTEST
from quantconnect.exchange import exchange
from quantconnect.limits import Limiter
from quantconnect.models.backtests import BacktestReply, CreateBacktest
from quantconnect.models.base import Done, NoFields
from quantconnect.models.ids import CompileId, ProjectId
from quantconnect.retry import ONCE
from quantconnect.transport import AsyncCarrier, SyncCarrier
from tests.unit.quantconnect.server import AT_ONCE, OK, TOKEN, Script, auth_at, refused

BASE = "https://api.example/v2/"


class Carried:
    """One of the two carriers behind the same face; remembers how long it was told to sleep."""

    def __init__(self, script: Script, limiter: Limiter | None = None) -> None:
        self.slept: list[float] = []
        self._script, self._limiter = script, limiter

    def authenticate(self) -> Done:
        with SyncCarrier(
            base_url=BASE, transport=self._script.transport, limiter=self._limiter, sleep=self.slept.append
        ) as carrier:
            return carrier.run(exchange(AUTHENTICATE, NoFields(), auth=auth_at(1.0), policy=AT_ONCE))

    def create(self) -> BacktestReply:
        query = CreateBacktest(project_id=ProjectId(1), compile_id=CompileId("c"), backtest_name="n")
        with SyncCarrier(base_url=BASE, transport=self._script.transport) as carrier:
            return carrier.run(exchange(CREATE_BACKTEST, query, auth=auth_at(1.0), policy=ONCE))


class CarriedAsync(Carried):
    """The other one."""

    def authenticate(self) -> Done:
        async def run() -> Done:
            async with AsyncCarrier(
                base_url=BASE, transport=self._script.transport, limiter=self._limiter, sleep=self._sleep
            ) as carrier:
                return await carrier.run(exchange(AUTHENTICATE, NoFields(), auth=auth_at(1.0), policy=AT_ONCE))

        return asyncio.run(run())

    def create(self) -> BacktestReply:
        async def run() -> BacktestReply:
            query = CreateBacktest(project_id=ProjectId(1), compile_id=CompileId("c"), backtest_name="n")
            async with AsyncCarrier(base_url=BASE, transport=self._script.transport) as carrier:
                return await carrier.run(exchange(CREATE_BACKTEST, query, auth=auth_at(1.0), policy=ONCE))

        return asyncio.run(run())

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


both = pytest.mark.parametrize("carried", [Carried, CarriedAsync])
Carrier = Callable[..., Carried]


class Budget:
    """A limiter with prepared answers."""

    def __init__(self, *waits: float) -> None:
        self._waits = list(waits)
        self.asked: list[str] = []
        self.silences: list[tuple[str, float | None]] = []

    def admit(self, endpoint_path: str) -> float:
        self.asked.append(endpoint_path)
        return self._waits.pop(0) if self._waits else 0.0

    def slow_down(self, endpoint_path: str, seconds: float | None) -> None:
        self.silences.append((endpoint_path, seconds))


@both
def test_a_request_is_json_by_post_with_a_signature(carried: Carrier) -> None:
    """The documented method for everything."""
    script = Script(OK)
    carried(script).authenticate()
    (request,) = script.requests
    assert (request.method, str(request.url)) == ("POST", "https://api.example/v2/authenticate")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["timestamp"] == "1"
    assert request.headers["authorization"].startswith("Basic ")
    assert request.content == b"{}"


@both
@pytest.mark.parametrize(
    ("network", "ours"),
    [
        (httpx.ConnectError("refused"), errors.ConnectError),
        (httpx.ConnectTimeout("late"), errors.ConnectError),
        (httpx.PoolTimeout("full"), errors.ConnectError),
        (httpx.ProxyError("403"), errors.ConnectError),
        (httpx.ReadTimeout("late"), errors.RequestTimeout),
        (httpx.WriteTimeout("late"), errors.RequestTimeout),
        (httpx.RemoteProtocolError("closed"), errors.ConnectionLost),
        (httpx.ReadError("reset"), errors.ConnectionLost),
        (httpx.WriteError("reset"), errors.ConnectionLost),
        (httpx.DecodingError("gzip"), errors.UnexpectedResponse),
    ],
)
def test_network_errors_become_ours(carried: Carrier, network: Exception, ours: type[errors.QuantConnectError]) -> None:
    """The class says whether a create may have happened."""
    with pytest.raises(errors.QuantConnectError) as caught:
        carried(Script(network)).create()
    assert type(caught.value) is ours
    assert caught.value.endpoint == "backtests/create"
    assert caught.value.__cause__ is network
    assert TOKEN not in str(caught.value)


@both
def test_a_repetition_sleeps_and_sends_again(carried: Carrier) -> None:
    """A hiccup is invisible to the caller."""
    carrier = carried(Script(httpx.ReadTimeout("late"), OK))
    carrier.authenticate()
    assert carrier.slept == [0.0]


@both
def test_the_limiter_is_asked_before_each_request_and_told_of_slow_down(carried: Carrier) -> None:
    """The budget counts what really goes out."""
    budget = Budget(1.5)
    carrier = carried(Script(refused("Please slow down.")), budget)
    with pytest.raises(errors.RateLimitExceeded):
        carrier.authenticate()
    assert carrier.slept == [1.5]
    assert budget.asked == ["authenticate", "authenticate"]
    assert budget.silences == [("authenticate", None)]


@both
def test_a_redirection_is_not_followed(carried: Carrier) -> None:
    """A signature must not wander to another host."""
    script = Script(httpx.Response(302, headers={"location": "https://elsewhere.example"}))
    with pytest.raises(errors.UnexpectedResponse):
        carried(script).create()
    assert len(script.requests) == 1


@pytest.mark.parametrize("carrier", [SyncCarrier, AsyncCarrier])
def test_a_base_url_without_scheme_is_refused_at_once(carrier: Callable[..., object]) -> None:
    """Not at the first request of a worker."""
    with pytest.raises(ValueError, match="https://"):
        carrier(base_url="www.quantconnect.com/api/v2")
