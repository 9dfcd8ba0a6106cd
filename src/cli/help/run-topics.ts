import type { Topic } from "./topic.ts";

/** Runs: what they cost, how they are kept, checked and explained. */
export const runTopics: readonly Topic[] = [
  {
    name: "costs",
    summary: "what trading costs in a backtest",
    lines: [
      "Costs are on unless you turn them off: 0.1 % commission, 0.05 % slippage, and 3 % a year for borrowed stock.",
      "  --fee 0.001         commission, share of notional",
      "  --slippage 0.0005   how much worse a market order fills",
      "  --borrow 0.03  --funding 0.0001   holding costs: shorts by the year, perpetuals every eight hours",
      "  --latency 250  --volume-share 0.1   time until an order arrives; share of a bar's volume that we may take",
      "Other models (per share, per lot, spread, volume share ...) are plug-ins:",
      '  --set costs.commission.use=per-share      "costs": { "slippage": { "use": "volume-share" } }',
      "What it cost in the past comes from CSV files; where they say nothing the rates above hold, with a warning:",
      "  --funding-file f.csv  --borrow-file b.csv    time,value[,symbol]: rates when they were due, yearly rates from then on",
      "  --fee-tiers t.csv     volume,maker,taker[,from]: commission by what the account traded in 30 days",
      "  kiwi costs refit last --to-file costs.json    fits them to real fills;  --set costs.fitFile=costs.json  takes them",
      "An HTML report shows the run again at 0, 0.5, 1, 2 and 3 times its costs (--cost-grid), and with accounts of up to",
      "10,000 times the size, whose orders move the price (--capacity).",
    ],
  },
  {
    name: "journal",
    summary: "how a session is saved and restored",
    lines: [
      "A session writes down every bar it lived through, what the venue told it, and every order before it was sent.",
      "It is restored by living through that again: targets, memory, trailing stops and order numbers follow from it.",
      "A journal with a hole is never continued from: restore the file from a backup, or begin a new session.",
    ],
  },
  {
    name: "runs",
    summary: "how runs are kept and compared",
    lines: [
      "Every backtest is kept in .kiwi/runs/<id> (--out FOLDER): manifest.json, which is enough to run it again, result.json,",
      "trades.csv and report.html. A run appears whole or not at all, also when the disk is full.",
      "  kiwi runs list                  newest first",
      "  kiwi runs show last             everything about one",
      "  kiwi runs diff ID last          settings, numbers and hashes that differ",
      "  kiwi runs rm ID | gc --keep 20  removes some, or all but the newest",
      "  kiwi report last --format md    the report for notes and pull requests",
      "  kiwi report last --format fills,lots   every fill with its fee, and lots first in first out, for an accountant",
      "  kiwi report last --open         its report again",
      "A run is named by its id, the beginning or end of it, or last.",
      "Its four hashes (data, config, code, decisions) say what is the same: equal data, config and code must give equal",
      "decisions.",
    ],
  },
  {
    name: "fail-if",
    summary: "let a build fail on a number",
    lines: [
      "--fail-if 'sharpe<1' ends with exit code 5 when it holds. It may be given several times; the run is kept anyway.",
      "  a metric (kiwi runs show last --json lists them), one of < <= > >= ==, a number; 20% is 0.2",
      "  --fail-if 'maxDrawdown>20%' --fail-if 'trades<30' --fail-if 'dsr<0.95'",
      "A metric that does not exist for the run (too few days, no trades) fails too: nobody can say that it is good.",
    ],
  },
  {
    name: "checks",
    summary: "prove that a strategy is honest",
    lines: [
      "  kiwi check lookahead NAME --data FILE   runs it again with the future taken away or replaced by noise: every",
      "                                          series, order and equity must stay the same",
      "  kiwi check warmup NAME --data FILE      starts it at other bars: decisions must not depend on where data begin",
      "  kiwi check repro NAME --data FILE       runs it again, here and in another process, time zone and language",
      "  kiwi check all NAME --data FILE",
      "Exit 5 when something is found, with the series, the bar and both values.",
    ],
  },
  {
    name: "explain",
    summary: "why a run did, or did not, trade on a bar",
    lines: [
      "  kiwi explain last --at 2024-03-04T12:00 -p BTCUSDT",
      "runs the stored run again up to that bar and shows: the bar, every series now and one bar before, what the",
      "strategy wanted and why, the arithmetic of the size, every risk rule with its limit, the order and its fill, or",
      "the first gate that said no. For a bar on which it said nothing, the values are what was not met.",
      "If data, settings or code have changed since, it says so first.",
    ],
  },
];
