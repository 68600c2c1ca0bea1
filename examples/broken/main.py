from AlgorithmImports import *


class BrokenStrategy(QCAlgorithm):
    """Does not build: the condition in on_data lacks its colon, on purpose."""

    def initialize(self):
        self.set_start_date(2023, 1, 1)
        self.set_end_date(2023, 12, 31)
        self.set_cash(100000)
        self._symbol = self.add_equity("SPY", Resolution.DAILY).symbol

    def on_data(self, data):
        if not self.portfolio.invested
            self.set_holdings(self._symbol, 1)
