"""The same work as kiwi-side.ts in other people's engines: one round for every line on standard input.
usage: python peers.py FOLDER PEER WORK; FOLDER holds the bars as float64 files, one per column, and pairs.json."""

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
folder, peer, work = sys.argv[1:4]
fee, slippage, cash = 0.0002, 0.0001, 1e9
fast, slow = 10, 30
columns = {name: np.fromfile(f"{folder}/{name}.f64") for name in ("closeTimeMs", "open", "high", "low", "close", "volume")}
index = pd.to_datetime(columns["closeTimeMs"].astype("int64"), unit="ms")
bars = pd.DataFrame({name: columns[name] for name in ("open", "high", "low", "close", "volume")}, index=index)
pairs = json.load(open(f"{folder}/pairs.json"))


def vectorbt():
    import vectorbt as vbt

    # Orders of the last bar would fill after the data end: nobody has them.
    def signal(crossed):
        crossed = crossed.copy()
        crossed.iloc[-1] = False
        return crossed

    price = bars.open.shift(-1).fillna(bars.close)
    windows_fast = [fast] if len(pairs) == 0 else [int(pair["fast"]) for pair in pairs]
    windows_slow = [slow] if len(pairs) == 0 else [int(pair["slow"]) for pair in pairs]

    def round():
        if len(pairs) == 0:
            a, b = vbt.MA.run(bars.close, fast), vbt.MA.run(bars.close, slow)
        else:
            a = vbt.MA.run(bars.close, windows_fast, short_name="fast", run_unique=True)
            b = vbt.MA.run(bars.close, windows_slow, short_name="slow", run_unique=True)
        portfolio = vbt.Portfolio.from_signals(
            bars.close, signal(a.ma_crossed_above(b)), signal(a.ma_crossed_below(b)),
            price=price, fees=fee, slippage=slippage, init_cash=cash, freq="1h",
        )
        total = portfolio.total_return()
        if len(pairs) > 0:
            portfolio.sharpe_ratio()
            closed = int(portfolio.trades.closed.count().sum())
            return closed, [float(value) for value in total.to_numpy()]
        if work == "report":
            return len(portfolio.orders.records), [float(portfolio.stats()["Total Return [%]"]) / 100]
        return len(portfolio.orders.records), [float(total)]

    return round


def backtesting():
    from backtesting import Backtest, Strategy
    from backtesting.lib import crossover

    data = bars.rename(columns=str.capitalize)

    class Cross(Strategy):
        def init(self):
            average = lambda values, length: pd.Series(values).rolling(length).mean()
            self.fast = self.I(average, self.data.Close, fast)
            self.slow = self.I(average, self.data.Close, slow)

        def next(self):
            if crossover(self.fast, self.slow):
                self.buy(size=0.999)
            elif crossover(self.slow, self.fast):
                self.position.close()

    def round():
        result = Backtest(data, Cross, cash=cash, commission=fee, exclusive_orders=False).run()
        # Whole shares, and closing fees apart: near the others and not equal to them.
        return 2 * int(result["# Trades"]), [float(result["Return [%]"]) / 100]

    return round


def nautilus():
    from decimal import Decimal

    from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
    from nautilus_trader.config import LoggingConfig, StrategyConfig
    from nautilus_trader.indicators import SimpleMovingAverage
    from nautilus_trader.model import BarType, Money, Venue
    from nautilus_trader.model.currencies import USD
    from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
    from nautilus_trader.model.identifiers import InstrumentId, Symbol
    from nautilus_trader.model.instruments import Equity
    from nautilus_trader.model.objects import Price, Quantity
    from nautilus_trader.persistence.wranglers import BarDataWrangler
    from nautilus_trader.trading.strategy import Strategy

    venue = Venue("XNAS")
    instrument = Equity(
        InstrumentId(Symbol("WALK"), venue), Symbol("WALK"), USD, 4, Price.from_str("0.0001"), Quantity.from_int(1),
        0, 0, maker_fee=Decimal(str(fee)), taker_fee=Decimal(str(fee)),
    )
    kind = BarType.from_str("WALK.XNAS-1-HOUR-LAST-EXTERNAL")
    data = bars.round(4)
    data["volume"] = data["volume"].round() + 1e9
    data.index = pd.to_datetime(data.index, utc=True)
    data["high"] = data[["open", "high", "low", "close"]].max(axis=1)
    data["low"] = data[["open", "high", "low", "close"]].min(axis=1)
    rows = BarDataWrangler(kind, instrument).process(data)

    class Settings(StrategyConfig, frozen=True):
        pass

    class Cross(Strategy):
        def on_start(self):
            self.fast, self.slow = SimpleMovingAverage(fast), SimpleMovingAverage(slow)
            self.was, self.filled = 0, 0
            self.register_indicator_for_bars(kind, self.fast)
            self.register_indicator_for_bars(kind, self.slow)
            self.subscribe_bars(kind)

        def on_bar(self, bar):
            if not self.indicators_initialized():
                return
            now = 1 if self.fast.value > self.slow.value else -1
            if now != self.was and self.was != 0:
                if now > 0:
                    self.submit_order(self.order_factory.market(instrument.id, OrderSide.BUY, Quantity.from_int(1000)))
                else:
                    self.close_all_positions(instrument.id)
            self.was = now

        def on_order_filled(self, event):
            self.filled += 1

    def round():
        engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
        engine.add_venue(venue, OmsType.NETTING, AccountType.MARGIN, starting_balances=[Money(cash, USD)], base_currency=USD)
        engine.add_instrument(instrument)
        engine.add_data(rows)
        strategy = Cross(Settings())
        engine.add_strategy(strategy)
        engine.run()
        filled = strategy.filled
        engine.dispose()
        return filled, []

    return round


round = {"vectorbt": vectorbt, "backtesting": backtesting, "nautilus": nautilus}[peer]()
answers = sys.stdout
sys.stdout = sys.stderr
for _ in sys.stdin:
    cpu, start = time.process_time(), time.perf_counter()
    orders, returns = round()
    wall = time.perf_counter() - start
    used = time.process_time() - cpu
    text = json.dumps({"wallMs": wall * 1e3, "cpuMs": used * 1e3, "orders": orders, "returns": returns})
    print(text, file=answers, flush=True)
