"""An answer that is larger, or takes longer, than anybody wants."""

import asyncio
import gzip
from collections.abc import Callable

import httpx
import pytest

from quantconnect import AnswerTooLarge, AsyncQuantConnectClient, Backtest, QuantConnectClient, RequestTimeout
from quantconnect.incoming import PATIENCE, Incoming
from quantconnect.models.ids import BacktestId, ProjectId
from tests.unit.quantconnect.server import AT_ONCE, OK, Script, body

LARGEST = 100_000


def sync(script: Script) -> Backtest:
    """Read a backtest, without awaiting."""
    options = {"policy": AT_ONCE, "largest_answer": LARGEST, "transport": script.transport}
    with QuantConnectClient(1, "t", **options) as client:  # type: ignore[arg-type]
        return client.backtests.read(ProjectId(1), BacktestId("b"))


def awaited(script: Script) -> Backtest:
    """The same, awaited."""

    async def run() -> Backtest:
        options = {"policy": AT_ONCE, "largest_answer": LARGEST, "transport": script.transport}
        async with AsyncQuantConnectClient(1, "t", **options) as client:  # type: ignore[arg-type]
            return await client.backtests.read(ProjectId(1), BacktestId("b"))

    return asyncio.run(run())


both = pytest.mark.parametrize("read", [sync, awaited])
Read = Callable[[Script], Backtest]


def answer(size: int) -> bytes:
    """A backtest of so many bytes."""
    bare = body(OK | {"backtest": {"backtestId": "b", "note": ""}})
    return bare.replace(b'""', b'"%s"' % (b"x" * (size - len(bare))))


@both
def test_an_answer_of_the_largest_size_is_read(read: Read) -> None:
    """To the byte."""
    assert read(Script(httpx.Response(200, content=answer(LARGEST)))).backtest_id == "b"


@both
def test_a_larger_one_is_an_error_and_is_not_asked_for_again(read: Read) -> None:
    """It would be as large the next time."""
    script = Script(httpx.Response(200, content=answer(LARGEST + 1)))
    with pytest.raises(AnswerTooLarge, match=r"larger than 0\.1 MB") as caught:
        read(script)
    assert (len(script.requests), caught.value.endpoint) == (1, "backtests/read")
    assert caught.value.maybe_carried_out


@both
def test_what_counts_is_the_size_in_memory(read: Read) -> None:
    """Compressed, a gigabyte of nothing is small."""
    bomb = gzip.compress(answer(10_000_000))
    assert len(bomb) < LARGEST
    with pytest.raises(AnswerTooLarge):
        read(Script(httpx.Response(200, content=bomb, headers={"content-encoding": "gzip"})))


def test_an_answer_that_only_drips_in_ends() -> None:
    """No time-out between two pieces would ever notice."""
    now = 0.0
    incoming = Incoming("backtests/read", LARGEST, timeout=30, clock=lambda: now)
    incoming.add(b"a")
    now = PATIENCE * 30
    incoming.add(b"b")
    assert incoming.whole == b"ab"
    now += 0.1
    with pytest.raises(RequestTimeout):
        incoming.add(b"c")
