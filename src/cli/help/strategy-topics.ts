import type { Topic } from "./topic.ts";

/** Strategies, their parameters, indicators and plug-ins. */
export const strategyTopics: readonly Topic[] = [
  {
    name: "strategies",
    summary: "write a strategy and run it",
    lines: [
      "  kiwi strategy list           the built-in ones",
      "  kiwi strategy new my-cross   writes my-cross.ts, ready to run",
      "  kiwi strategy test ./my-cross.ts                 made-up bars, and the checks",
      "  kiwi backtest ./my-cross.ts --data FILE",
      'A strategy is one file that imports from "kiwi" and exports strategy({ ... }) by default: parameters with ranges,',
      "setup, which names the series to watch, and onBar, which states what to hold:",
      '  target(1, "why")  all in    target(0, "why")  out    target(-1, "why")  short (margin account)',
      "It never sees a bar that has not closed. An order fills at the open of the next bar at the earliest.",
    ],
  },
  {
    name: "params",
    summary: "parameters of a strategy",
    lines: [
      "  --param fast=20 --param slow=100     single ones",
      "  --params params/tuned.json           a set of them; --param wins over it",
      "Defaults and ranges stand in the strategy: kiwi strategy show NAME. No configuration file can change them, so a run",
      "is what its command line and its header say. A value may lie above the range, which is that of a search, and",
      "never below it.",
    ],
  },
  {
    name: "strategy-errors",
    summary: "a strategy that throws, hangs, or asks for nonsense",
    lines: [
      "STRATEGY_THREW       onBar threw; the bar is named, -v shows the line of your file.",
      "STRATEGY_ASYNC       onBar returned a promise: it must decide at once.",
      "STRATEGY_STRAY_ERROR a timer of it threw, or a promise failed that nobody waited for.",
      "STRATEGY_BAD_TARGET  a target was NaN or infinite: a division by zero, or a series that has no value yet.",
      "STRATEGY_STUCK       no bar was finished for 30 s (--stuck-after): a loop that cannot end. Exit 8.",
      "STRATEGY_EXITED      it called process.exit.",
      "What a strategy prints goes to standard error. kiwi strategy test FILE runs it on made-up bars.",
    ],
  },
  {
    name: "warm-up",
    summary: "the bars before the first decision",
    lines: [
      "sma(close, 200) has no value before 200 bars, and an exponential average depends on where it began for much longer.",
      "Kiwi derives from your series how many bars they need, and asks the strategy for no decision before.",
      "  kiwi strategy show NAME     how many",
      "  kiwi check warmup NAME --data FILE    proves that the number is right",
      "If the data are shorter, the run ends with WARMUP_TOO_LONG instead of a result that means nothing.",
    ],
  },
  {
    name: "indicators",
    summary: "the built-in indicators, and your own",
    lines: [
      "  kiwi indicators list          all of them",
      "  kiwi indicators show rsi      formula, parameters and source",
      'Import them by name: import { rsi, sma } from "kiwi". They take series and make series, in setup:',
      "  setup: ({ bars, p }) => ({ strength: rsi(bars.close, p.length) })",
      "Your own: indicator({ name, inputs, outputs, params, warmup, create }) with one function that takes the next value,",
      "and apply(definition, [bars.close], params) to use it.",
    ],
  },
  {
    name: "plugins",
    summary: "sizers, risk rules, costs, regimes, selectors, sources and strategies of your own",
    lines: [
      "A plug-in is one file that exports definePlugin({ kind, name, summary, options, create }), where kind is one of",
      "sizer, risk, commission, slippage, regime and selector.",
      "A place that has bars is defineSource({ name, summary, options, open }); a strategy is exported as it is.",
      "It is loaded with --plugin ./mine.ts (or plugins in the configuration), no build, and chosen by its name:",
      '  "sizing": { "use": "my-sizer", "fraction": 0.5 }',
      "It must not take the name of a built-in one.",
    ],
  },
  {
    name: "sizing",
    summary: "from a signal to a quantity",
    lines: [
      "A strategy says how much it wants of what it may have: 1 is all, 0.5 half, 0 nothing, -1 all of it short.",
      "The sizer turns that into a share of equity; the engine into a quantity: equity x share / (price x (1 + costs)),",
      "rounded down to the lot size.",
      "  --sizer fixed-fraction     equal parts of the money for every symbol, or sizing.fraction",
      "  --sizer volatility-target  less when the market is wilder",
      "  --sizer fixed-risk         a fixed loss at the stop",
      "  --size-at fill             compute at the price of the fill instead of the last close",
      "kiwi explain RUN --at TIME shows the arithmetic of any order.",
    ],
  },
  {
    name: "risk",
    summary: "limits that no order passes",
    lines: [
      "Every order passes the risk gate: what the account can carry, then the rules of --risk-profile, then your own",
      "(risk.rules in the configuration). An order that only reduces a position always passes.",
      "                                     conservative  moderate  aggressive",
      "  one position, at most                      20 %      50 %       100 %",
      "  all positions together, at most            50 %     100 %       200 %",
      "  loss of a day that stops trading            1 %       3 %         6 %",
      "  drawdown that ends the run                 10 %      20 %        35 %",
      "A refused order stands in the funnel of the run with the rule that refused it.",
    ],
  },
];
