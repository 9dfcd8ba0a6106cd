import type { Topic } from "./topic.ts";

/** Bars: where they come from and how they are read. */
export const dataTopics: readonly Topic[] = [
  {
    name: "data",
    summary: "what --data takes",
    lines: [
      "  --data BTCUSDT-1h.csv          a file: plain, .gz or .zip",
      "  --data prices/                 a folder: every CSV file in it",
      "  --data 'prices/*-1h.csv'       a pattern",
      "  --data synthetic               made-up bars, offline (kiwi help synthetic)",
      "  --data .kiwi/data              a data folder: bars that were downloaded or imported (kiwi help download)",
      "Without --data, symbols named by -p are taken from the project's own data folder: -p BTCUSDT -t 1h.",
      "Symbol and timeframe come from the file's name (BTCUSDT-1h.csv, EURUSD_H1.csv, GOOG.csv) or from the bars.",
      "  -p BTCUSDT,ETHUSDT    only these symbols of a folder; BTC/USDT is BTCUSDT",
      "  -t 4h                 decide on 4h bars that are built of shorter ones",
      "When a symbol lies there in several timeframes, -t chooses the file.",
      "kiwi data check PATH shows how a file is read and what is wrong with it; kiwi data check what is held.",
    ],
  },
  {
    name: "csv",
    summary: "how CSV files are read",
    lines: [
      "Columns are found by their names, in any order; without a header they are taken as time, open, high, low, close,",
      "volume. Separator, decimal comma, date format and epoch unit are found out. What the file leaves open is said with:",
      "  --stamp open|close     what the stamps name; the open of a bar unless the file shows otherwise",
      "  --time-zone ZONE       zone of stamps that carry no offset: America/New_York, UTC+2, or America/New_York+7 as",
      "                         most currency brokers show it; UTC otherwise",
      "  --date-format dmy      day before month, where digits leave it open",
      "  --delimiter ';'  --symbol NAME",
      "The rows decide how long bars are: the step that all of them are made of. A name or -t that says otherwise is",
      "refused. Files of one symbol and timeframe (BTCUSDT-1h-2024-01.zip, -02 ...) are joined into one series.",
      "Rows that cannot be right are left out and counted, never repaired; a file that loses more than a tenth of its",
      "rows is refused, and so is one with prices below zero. kiwi data check FILE shows all of it.",
    ],
  },
  {
    name: "data-missing",
    summary: "why a range has no bars",
    lines: [
      "--from and --to ask for a time that the data do not cover. The message says what they cover.",
      "Bars before --from are used to warm up and not traded; the data should begin earlier by what the strategy needs",
      "(kiwi strategy show NAME says how much). Two bars at least must be left: one to decide on, one to fill on.",
    ],
  },
  {
    name: "ranges",
    summary: "--from, --to and --timerange",
    lines: [
      "  --from 2022-01-01            the first day that is decided on, by the date of the market; earlier bars warm up",
      "  --to 2023-01-01              the end; the bar that closes then is the last",
      "  --timerange 20220101-20230101   both at once; either side may be left out",
      "The day of --to means its midnight in UTC. A time (2022-01-01T12:00) and an offset (+02:00) may follow either.",
      "Numbers of a run count from the first bar on which a decision was possible: the warm-up thins out nothing.",
    ],
  },
  {
    name: "timeframes",
    summary: "lengths of bars",
    lines: [
      "A whole number and one of s, m, h, d, w, M (month): 1m, 5m, 1h, 4h, 1d, 1w, 1M.",
      "-t 4h decides on 4h bars built of the data's shorter ones, while orders still fill on the shorter ones.",
      "It must be a whole multiple: 1h bars cannot be made of 7m bars, nor 30m bars of 1h bars.",
      "A strategy sees a higher timeframe with tf('1d'): always the last closed bar of it.",
    ],
  },
  {
    name: "detail",
    summary: "fill orders on finer bars",
    lines: [
      "Inside a long bar nobody knows whether the stop or the target came first. --detail gives finer bars to fill on,",
      "while decisions stay on the bars of --data; the verdict counts the fills for which it had to be assumed:",
      "  --data BTCUSDT-1h.csv --detail 1m                  BTCUSDT-1m.csv beside it",
      "  --data BTCUSDT-1h.csv --detail fine/BTCUSDT-1m.csv",
      "The finer bars must add up to the coarse ones: Kiwi compares them and names the first that differs. The run covers",
      "the time that both cover.",
    ],
  },
  {
    name: "calendars",
    summary: "when a market trades",
    lines: [
      "  24/7         crypto: every hour of every day, 365 days a year",
      "  24/5         forex: Sunday evening to Friday evening, New York time",
      "  us-equity    New York sessions with their holidays and short days, 252 days a year",
      "  24/7@ZONE    every hour, with days that roll at midnight of a zone",
      "  24/5@ZONE    the currency week, with days that roll there; 24/5@UTC for daily bars with plain dates",
      "The calendar is the one that most bars fit and that misses fewest of them; --calendar overrides it. It decides",
      "what a gap is, where bars end (the last hour of a share with its session, its day at 16:00 in New York, whatever",
      "the source stamps), and by how many days a year ratios are annualised. Of other exchanges there are none yet:",
      "their days are taken for 24/5, and kiwi data check names the days on which the calendar is closed.",
    ],
  },
  {
    name: "currencies",
    summary: "when prices are in another currency than the account",
    lines: [
      "Every instrument is taken to be quoted in the account's currency (account.baseCurrency, USD) unless told otherwise:",
      '  "instruments": { "USDJPY": { "quoteCurrency": "JPY" } }',
      "Profits are converted by a symbol of the run that has the rate, else by account.fixedRates:",
      '  "account": { "fixedRates": { "JPY": 0.0067 } }',
    ],
  },
  {
    name: "synthetic",
    summary: "made-up bars whose truth is known",
    lines: [
      "--data synthetic makes a market of trends, ranges and wild times from a seed: the same seed, the same bars.",
      "  --data synthetic:symbols=3,timeframe=1h,bars=26280,start=2021-01-01,calendar=24/7,seed=7,edge=0.1",
      "regimes=clear makes trends and wild times so large that a detector can tell them; regimes=usual are harder.",
      "edge plants a small predictable part, so that a strategy has something to find; without it there is nothing.",
      "Whatever comes of it is marked SYNTHETIC: it says nothing about any real market.",
    ],
  },
];
