import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BybitFace } from "../../src/emulator/bybit/bybit-face.ts";
import { spotSuffix } from "../../src/emulator/bybit/bybit-symbols.ts";
import { venueOptions } from "../../src/emulator/exchange/account-options.ts";
import { listingOf } from "../../src/emulator/exchange/listings.ts";
import { startLab, type EmulatorLab, type TapeQuad } from "../emulator-lab.ts";

/*
 * A whole trading system of other people, not in its dry mode, opens and closes a position here. Only the addresses in
 * its configuration are ours. Skipped where it is not installed (docs/how-to/emulator.md says how it is).
 */

const program = join(homedir(), ".cache", "kiwi", "freqtrade", "bin", "freqtrade");
const hasFreqtrade = existsSync(program);
const secondsPerBar = 5;
const historyBars = 1_500;
const enoughMs = 150_000;

const strategy = `
from freqtrade.strategy import IStrategy

class InAndOut(IStrategy):
    timeframe = "1m"
    process_only_new_candles = False
    startup_candle_count = 5
    minimal_roi = {"0": 100}
    stoploss = -0.9
    order_types = {"entry": "market", "exit": "market", "stoploss": "market", "stoploss_on_exchange": False}
    order_time_in_force = {"entry": "GTC", "exit": "GTC"}

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        return "seen enough"
`;

function configuration({ url }: EmulatorLab, folder: string): unknown {
  const ccxt = { urls: { api: { spot: url, futures: url, v2: url, public: url, private: url } } };
  return {
    dry_run: false,
    max_open_trades: 1,
    stake_currency: "USDT",
    stake_amount: 100,
    trading_mode: "spot",
    timeframe: "1m",
    db_url: `sqlite:///${join(folder, "trades.sqlite")}`,
    entry_pricing: { price_side: "other", use_order_book: true, order_book_top: 1 },
    exit_pricing: { price_side: "other", use_order_book: true, order_book_top: 1 },
    exchange: {
      name: "bybit",
      key: "KEY",
      secret: "SECRET",
      enable_ws: false,
      pair_whitelist: ["BTC/USDT"],
      ccxt_config: ccxt,
      ccxt_async_config: ccxt,
    },
    pairlists: [{ method: "StaticPairList" }],
    internals: { process_throttle_secs: 1 },
    bot_name: "guest",
    initial_state: "running",
  };
}

async function emulator(): Promise<EmulatorLab> {
  const startMs = (Math.floor(Date.now() / 5_000) - historyBars) * 5_000;
  const quads = Array.from({ length: historyBars + 2_000 }, (_, k): TapeQuad => {
    const price = 100 + Math.round(10 * Math.sin(k / 50)) / 10;
    return [price, price, price, price, 10];
  });
  const coin = listingOf(`BTCUSDT${spotSuffix}`, {
    baseCurrency: "BTC",
    quoteCurrency: "USDT",
    notionalMin: 5,
    canShort: false,
  });
  const lab = await startLab({
    listings: [coin],
    timeframe: `${secondsPerBar}s`,
    startMs,
    quads,
    historyBars,
    account: { venue: venueOptions("cash", { maker: 0.001, taker: 0.001 }), cash: 10_000 },
    face: (tools) => new BybitFace(tools),
    pace: { kind: "real", speed: 1 },
  });
  return lab;
}

test.skipIf(!hasFreqtrade)(
  "freqtrade opens and closes a position",
  { timeout: enoughMs + 30_000 },
  async () => {
    const lab = await emulator();
    const folder = mkdtempSync(join(tmpdir(), "kiwi-guest-"));
    writeFileSync(join(folder, "config.json"), JSON.stringify(configuration(lab, folder)));
    writeFileSync(join(folder, "InAndOut.py"), strategy);
    const arguments_ = ["trade", "--config", join(folder, "config.json"), "--userdir", folder];
    const child = spawn(program, [...arguments_, "--strategy", "InAndOut", "--strategy-path", folder], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stdout.on("data", (data: Buffer) => (said += data.toString()));
    child.stderr.on("data", (data: Buffer) => (said += data.toString()));
    try {
      const { fills } = lab.account;
      const untilMs = Date.now() + enoughMs;
      while (fills.length < 2 && Date.now() < untilMs && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 100));
      expect(
        fills.slice(0, 2).map(({ side }) => side),
        said.slice(-4_000),
      ).toEqual(["buy", "sell"]);
      expect(fills[1]!.quantity).toBeCloseTo(fills[0]!.quantity);
    } finally {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      if (child.exitCode === null) await ended;
      await lab.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
