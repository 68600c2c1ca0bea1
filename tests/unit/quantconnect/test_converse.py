"""A whole operation as one conversation: results, errors and the organization find their way."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

from quantconnect import NotFound, QuantConnectError, RequestTimeout
from quantconnect.endpoints.nodes import READ_NODES
from quantconnect.exchange import Admit, End, Send, converse, resume
from quantconnect.models.nodes import ReadNodes
from quantconnect.operations import data, files
from quantconnect.operations.base import Call, Elapsed, Fetch, Items, Pause, call, whole
from quantconnect.protocol import Reply
from tests.unit.quantconnect.cases import P
from tests.unit.quantconnect.server import AT_ONCE, OK, auth_at, body, refused

Steps = list[Any]


def perform(operation: Any, *answers: dict[str, Any] | QuantConnectError, organization_id: str | None = None) -> Steps:
    """All steps of a conversation; at the end its result or the error it raised."""
    clock = iter(range(1000))
    conversation = converse(
        operation,
        auth=auth_at(1.0),
        policy=AT_ONCE,
        organization_id=organization_id,
        clock=lambda: float(next(clock)),
        random=lambda: 1.0,
    )
    steps: Steps = []
    left = list(answers)
    try:
        step = resume(conversation)
        while not isinstance(step, End):
            steps.append(step)
            answer: object = None
            error = None
            if isinstance(step, Admit):
                answer = 0.0
            elif isinstance(step, Send | Fetch):
                following = left.pop(0)
                if isinstance(following, QuantConnectError):
                    error = following
                elif isinstance(step, Send):
                    answer = Reply(200, {}, body(following))
            step = resume(conversation, answer, error)
        steps.append(step)
    except QuantConnectError as failure:
        steps.append(failure)
    return steps


def kinds(steps: Steps) -> list[str]:
    """The names of the steps."""
    return [type(step).__name__ for step in steps]


def test_an_operation_of_one_call_is_one_exchange() -> None:
    """Nothing is added."""
    assert kinds(perform(files.read(P), OK | {"files": []})) == ["Admit", "Send", "End"]


def test_an_error_reaches_the_procedure_which_may_go_on() -> None:
    """So that a file that is not there can be created."""
    steps = perform(files.write(P, "a.py", "x"), refused("File not found: a.py"), OK)
    assert kinds(steps) == ["Admit", "Send", "Admit", "Send", "End"]
    assert steps[-1].result is True


def test_what_a_result_cannot_find_is_an_error_of_the_operation() -> None:
    """Also within a procedure."""
    (*_, error) = perform(files.read_one(P, "a.py"), OK | {"files": []})
    assert isinstance(error, NotFound)


def test_the_organization_of_the_client_is_meant_unless_another_is_named() -> None:
    """Named once, not at every call."""
    for given, expected in ((None, "ours"), ("theirs", "theirs")):
        ask = call(READ_NODES, ReadNodes(organization_id=given), whole)
        (send,) = (step for step in perform(ask, OK, organization_id="ours") if isinstance(step, Send))
        assert send.request.json == {"organizationId": expected}


def test_a_download_is_repeated_and_the_purchase_is_not() -> None:
    """The link is good for several tries."""
    link = OK | {"link": "https://files.example/a"}
    steps = perform(data.download("a", Path("a"), organization_id="org"), link, RequestTimeout(), OK)
    assert kinds(steps) == ["Admit", "Send", "Fetch", "Pause", "Fetch", "End"]
    assert "files.example" not in repr(steps)


def test_time_is_told_and_waits_and_items_are_handed_on() -> None:
    """Whoever carries the conversation sees them; a procedure's clock starts with it."""

    def stream() -> Generator[Call[Any] | Pause | Elapsed | Items[int], Any, None]:
        first: float = yield Elapsed()
        yield Items((1, 2))
        yield Pause(3.0)
        second: float = yield Elapsed()
        assert (first, second) == (1.0, 2.0)

    assert kinds(perform(stream())) == ["Items", "Pause", "End"]
