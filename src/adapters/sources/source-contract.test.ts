import { alpaca, binance, bybit, kucoin } from "../../../test/source-subjects.ts";
import { testSource } from "../../../test/source-contract.ts";
import { testStream } from "../../../test/stream-contract.ts";

// The same promises from every venue; what only one of them does is tested beside its source.
for (const subject of [binance, bybit, alpaca, kucoin]) testSource(subject);
for (const subject of [binance, bybit, alpaca]) testStream(subject);
