"""When to repeat a request at once, as a decision without I/O.

This is the first of two homes of repetition: seconds long, for hiccups of the network and the server. What takes
minutes (a busy node, a rate limit, a quota, a long outage) is never repeated here: it is the business of whoever
manages jobs. Knows the errors only.
"""

from dataclasses import dataclass
from datetime import timedelta

from quantconnect.errors import AnswerTooLarge, ConnectError, QuantConnectError


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long.

    Worst case: the last attempt starts within `budget` and then takes as long as the carrier's time-out allows. With
    the defaults and a time-out of 30 s a request ends after about 50 s, in three attempts; `patience` adds to that
    only when the request budget shared with others is empty.
    """

    attempts: int = 3  #: in all, counting the first; at least 1
    budget: timedelta = timedelta(seconds=20)  #: from the start of the first attempt to the start of the last
    first_wait: timedelta = timedelta(milliseconds=500)  #: doubled after every attempt
    longest_wait: timedelta = timedelta(seconds=8)
    patience: timedelta = timedelta(seconds=10)  #: how long one request waits for room in the shared request budget

    def decide(
        self, error: QuantConnectError, *, attempt: int, elapsed: timedelta, repeatable: bool, random: float
    ) -> timedelta | None:
        """How long to wait before the next attempt, or None: give up.

        A request that never left is repeated whatever it was. One that may have been carried out is repeated only if
        twice is as good as once. A refusal is not repeated: asking again changes nothing, or makes it worse.

        `attempt` is the one that failed, counting from 1, `elapsed` the time since the start of the first,
        `repeatable` a property of the endpoint. `random`, from 0 to 1, spreads the wait over the upper half of its
        length, so that programs that failed together do not come back together.
        """
        if attempt >= self.attempts or isinstance(error, AnswerTooLarge):
            return None
        if not (isinstance(error, ConnectError) or (error.maybe_carried_out and repeatable)):
            return None
        wait = min(self.first_wait * 2 ** (attempt - 1), self.longest_wait) * (0.5 + random / 2)
        return wait if elapsed + wait <= self.budget else None


#: One attempt, no waiting: for tests, and for whoever repeats by other means.
ONCE = RetryPolicy(attempts=1)
