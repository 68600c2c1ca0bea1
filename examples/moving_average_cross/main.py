from AlgorithmImports import *


class MovingAverageCrossStrategy(QCAlgorithm):
    """Holds QQQ while its fast moving average is above its slow one."""

    def initialize(self):
        self.set_start_date(2019, 1, 1)
        self.set_end_date(2023, 12, 31)
        self.set_cash(100000)
        fast = self.get_parameter("fast", 20)
        slow = self.get_parameter("slow", 100)
        self._symbol = self.add_equity("QQQ", Resolution.DAILY).symbol
        self._fast = self.ema(self._symbol, fast, Resolution.DAILY)
        self._slow = self.ema(self._symbol, slow, Resolution.DAILY)
        self.set_warm_up(slow, Resolution.DAILY)

    def on_data(self, data):
        if self.is_warming_up or not self._slow.is_ready:
            return
        is_rising = self._fast.current.value > self._slow.current.value
        if is_rising and not self.portfolio.invested:
            self.set_holdings(self._symbol, 1)
        elif not is_rising and self.portfolio.invested:
            self.liquidate(self._symbol)
