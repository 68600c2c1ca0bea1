"""The flat methods of both clients, one line each: what they do stands in `operations.flat`.

A client is one of these and has the resources besides.
"""

from quantconnect.methods import asked, awaited
from quantconnect.operations import account, flat


class FlatMethods:
    """`client.create_backtest(…)` and the like return a `QCResponse`; `list_…` return the models, or raise."""

    authenticate = asked(account.authenticate)
    list_projects = asked(flat.list_projects)
    get_project = asked(flat.get_project)
    create_project = asked(flat.create_project)
    delete_project = asked(flat.delete_project)
    list_files = asked(flat.list_files)
    get_file = asked(flat.get_file)
    create_file = asked(flat.create_file)
    update_file = asked(flat.update_file)
    delete_file = asked(flat.delete_file)
    compile_project = asked(flat.compile_project)
    get_compile_status = asked(flat.get_compile_status)
    create_backtest = asked(flat.create_backtest)
    get_backtest = asked(flat.get_backtest)
    list_backtests = asked(flat.list_backtests)
    delete_backtest = asked(flat.delete_backtest)
    create_live_algorithm = asked(flat.create_live_algorithm)
    get_live_algorithm = asked(flat.get_live_algorithm)
    list_live_algorithms = asked(flat.list_live_algorithms)
    stop_live_algorithm = asked(flat.stop_live_algorithm)
    liquidate_live_algorithm = asked(flat.liquidate_live_algorithm)
    get_orders = asked(flat.get_orders)
    get_holdings = asked(flat.get_holdings)


class AsyncFlatMethods:
    """`await client.create_backtest(…)` and the like return a `QCResponse`; `list_…` return the models, or raise."""

    authenticate = awaited(account.authenticate)
    list_projects = awaited(flat.list_projects)
    get_project = awaited(flat.get_project)
    create_project = awaited(flat.create_project)
    delete_project = awaited(flat.delete_project)
    list_files = awaited(flat.list_files)
    get_file = awaited(flat.get_file)
    create_file = awaited(flat.create_file)
    update_file = awaited(flat.update_file)
    delete_file = awaited(flat.delete_file)
    compile_project = awaited(flat.compile_project)
    get_compile_status = awaited(flat.get_compile_status)
    create_backtest = awaited(flat.create_backtest)
    get_backtest = awaited(flat.get_backtest)
    list_backtests = awaited(flat.list_backtests)
    delete_backtest = awaited(flat.delete_backtest)
    create_live_algorithm = awaited(flat.create_live_algorithm)
    get_live_algorithm = awaited(flat.get_live_algorithm)
    list_live_algorithms = awaited(flat.list_live_algorithms)
    stop_live_algorithm = awaited(flat.stop_live_algorithm)
    liquidate_live_algorithm = awaited(flat.liquidate_live_algorithm)
    get_orders = awaited(flat.get_orders)
    get_holdings = awaited(flat.get_holdings)
