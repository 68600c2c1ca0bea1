"""Backtests."""

from quantconnect.endpoints.base import REFERENCE, Endpoint
from quantconnect.models.backtests import (
    BacktestReply,
    Backtests,
    CreateBacktest,
    DeleteBacktest,
    ListBacktests,
    ReadBacktest,
    UpdateBacktest,
)
from quantconnect.models.base import Done

_PAGES = REFERENCE + "backtest-management/"

# Twice runs two backtests on two nodes.
CREATE_BACKTEST = Endpoint(
    "backtests/create", CreateBacktest, BacktestReply, repeatable=False, source=_PAGES + "create-backtest"
)
READ_BACKTEST = Endpoint(
    "backtests/read", ReadBacktest, BacktestReply, repeatable=True, source=_PAGES + "read-backtest/backtest-statistics"
)
LIST_BACKTESTS = Endpoint("backtests/list", ListBacktests, Backtests, repeatable=True, source=_PAGES + "list-backtests")
UPDATE_BACKTEST = Endpoint("backtests/update", UpdateBacktest, Done, repeatable=True, source=_PAGES + "update-backtest")
# A second time finds nothing to delete, which is seldom told as an error (LEAN's API tests).
DELETE_BACKTEST = Endpoint("backtests/delete", DeleteBacktest, Done, repeatable=True, source=_PAGES + "delete-backtest")
