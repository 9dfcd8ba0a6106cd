import type { Topic } from "./topic.ts";

/** Bars from venues: how they are fetched, kept and repaired. */
export const sourceTopics: readonly Topic[] = [
  {
    name: "download",
    summary: "get bars, keep them, and run on them",
    lines: [
      "  kiwi data download BTCUSDT ETHUSDT -t 1h,1d --source binance --from 2022-01-01",
      "  kiwi data download --source binance          bring everything held from there up to date",
      "  kiwi data import prices/                     CSV files of any shape (kiwi help csv)",
      "  kiwi data list                               what is held, its gaps, where it came from",
      "  kiwi data check [SYMBOL]                     damage, gaps, impossible bars, timeframes that disagree",
      "  kiwi data repair SYMBOL -t 1h --source A,B   fetch what is missing or wrong: from A, else from B",
      "  kiwi data export SYMBOL -t 1h                a CSV file",
      "  kiwi data watch SYMBOL -t 1m --source A      see bars arrive; --store keeps them",
      "Bars are kept in .kiwi/data (dataFolder). Each range is fetched once; Ctrl-C keeps what has arrived, and the same",
      "command goes on. Without --from a download goes back a year; --refresh asks again for what was fetched.",
      "Bars of two sources are never mixed into one series unless --mix says that they are the same market.",
      "A run on them: kiwi backtest sma-cross -p BTCUSDT -t 1h. Every bar keeps when it arrived and what it was before:",
      "--as-of 2024-06-01 reads what was known then, and a run that is repeated reads what it read.",
    ],
  },
  {
    name: "sources",
    summary: "where bars can be fetched from",
    lines: [
      "  binance     spot market, no key             alpaca      US stocks, crypto; needs a key (kiwi help secrets)",
      "  bybit       futures and spot, no key        tiingo      daily, intraday, crypto, currencies; needs a token",
      "  metatrader  a terminal on this machine      synthetic   a made-up market, offline: SYN1, SYN2, SYN3",
      "  ccxt        a hundred venues more, after npm install ccxt",
      '  --source binance            from one source, or for good: "sources": ["binance"] in kiwi.config.jsonc',
      "  --source binance,bybit      when the first is down, slow or wrong, the second stands in for it",
      "A provider is a source with settings of your own, by a name of your own:",
      '  "providers": { "spot": { "use": "bybit", "category": "spot", "symbols": { "BTCUSD": "BTCUSDT" } } }',
      "symbols says how it writes yours; priceScale and volumeScale how its numbers become yours. An option that does not",
      "exist is refused with the nearest. Symbols are written as the source writes them: letters, digits and . / : - _.",
    ],
  },
  {
    name: "news",
    summary: "news for strategies that read them",
    lines: [
      "  kiwi data news AAPL MSFT --from 2024-01-01       from Alpaca; a free key is enough (kiwi help secrets)",
      "  kiwi data news                                   brings all that are held up to date",
      "  kiwi data news AAPL --file vendor.jsonl          articles of another vendor, all of them that it has of AAPL",
      "  kiwi data news --list                            what is held",
      "A strategy that reads news() gets them by itself: kiwi backtest ./mood.ts --data AAPL-1h.csv. How they become a series",
      "is configured, here with the defaults (halfLifeBars counts bars instead of hours):",
      '  "news": { "halfLifeHours": 24, "neutralWeight": 1, "knownBy": "published", "delaySeconds": 60 }',
      "A series begins ten half-lives after the news; they must be held from then to the last bar. A run that is repeated",
      "reads the news that it read; --as-of reads what had arrived by then.",
      "NEWS_MISSING, NEWS_TOO_SHORT, NEWS_ENDS_EARLY: fetch what the message names.   docs/how-to/news.md says more.",
    ],
  },
  {
    name: "bar-store",
    summary: "where fetched bars are kept",
    lines: [
      "A data folder holds bars in Parquet files (bars/), which are the truth, a catalogue of them (catalogue.sqlite) that",
      "is made anew when it is lost, and which ranges were fetched (fetched/), whose loss costs another fetch.",
      "New bars are appended. A bar that its source revised later becomes a new version: the old one stays known, and",
      "what does not fit (bars out of order, another timeframe) is refused and not stored.",
      "A store is written by one process at a time, and is whole again after a crash. Files have checksums: damage is",
      "found when they are read, and kiwi data repair SYMBOL -t TIMEFRAME sets a damaged file aside.",
      "kiwi data compact puts small files together. Anything that reads Parquet can read them.",
    ],
  },
  {
    name: "metatrader",
    summary: "bars of a MetaTrader 5 terminal",
    lines: [
      "The terminal runs on this machine with the Expert Advisor KiwiBridge (or DWX Connect) in it; both talk through files.",
      '  "providers": { "metatrader": { "folder": "PATH/MQL5/Files", "serverTime": "America/New_York+7" } }',
      "serverTime is what time the broker's server shows; its bars carry that time, and nothing in them says which it is.",
      "docs/how-to/metatrader.md explains the installation.",
    ],
  },
  {
    name: "ccxt",
    summary: "venues that the ccxt library knows",
    lines: [
      "  npm install ccxt",
      "  kiwi data download BTC/USD -t 1h --source ccxt --set providers.ccxt.exchangeId=kraken",
      "Symbols are written as ccxt writes them: BTC/USDT, and BTC/USDT:USDT for a perpetual future.",
      "docs/how-to/ccxt.md says more.",
    ],
  },
];
