from AlgorithmImports import *


class RelativeStrengthIndexStrategy(QCAlgorithm):
    """Buys SPY when it looks oversold and sells it when it looks overbought."""

    def initialize(self):
        self.set_start_date(2020, 1, 1)
        self.set_end_date(2023, 12, 31)
        self.set_cash(100000)
        self._symbol = self.add_equity("SPY", Resolution.DAILY).symbol
        self._rsi = self.rsi(self._symbol, 14, MovingAverageType.WILDERS, Resolution.DAILY)
        self.set_warm_up(30, Resolution.DAILY)

    def on_data(self, data):
        if self.is_warming_up or not self._rsi.is_ready or self._symbol not in data.bars:
            return
        strength = self._rsi.current.value
        if strength < 30 and not self.portfolio.invested:
            self.set_holdings(self._symbol, 1)
        elif strength > 70 and self.portfolio.invested:
            self.liquidate(self._symbol)
