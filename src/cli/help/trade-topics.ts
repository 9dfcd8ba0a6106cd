import type { Topic } from "./topic.ts";

/** Trading: sessions, money, and how it is stopped. */
export const tradeTopics: readonly Topic[] = [
  {
    name: "trading",
    summary: "sessions of paper and live trading",
    lines: [
      "  kiwi paper start --demo       offline, a made-up market, play money; first fill within a minute",
      "  kiwi paper start STRATEGY -p BTC/USD -t 1h    the broker of the configuration, its play money",
      "  kiwi status                   what trades now; one session as kiwi paper status shows it",
      "  kiwi paper status             money, positions, orders, why, and the backtest beside it",
      "  kiwi logs -f                  what it says; --order follows one order from decision to fill",
      "  kiwi replay last              lives through it again: it must decide the same",
      "  kiwi paper stop               ends it; orders and positions stay at the venue",
      "One process trades an account. What belongs to accounts is in ~/.kiwi (KIWI_HOME): sessions with journal, log and",
      "status, kill switches, locks. A robot that dies is found by its watchdog, which cancels its orders.",
    ],
  },
  {
    name: "sessions",
    summary: "several strategies on one account, several accounts",
    lines: [
      "  kiwi paper start sma-cross trend-following --demo     two strategies share the demo's account alike",
      "  kiwi paper start              all sessions of the configuration; with a NAME that one",
      "  kiwi status                   each account: whose money, whose positions, and what is not theirs",
      '  "sessions": [{ "name": "trend", "strategy": "trend-following", "share": 0.5 }]     in kiwi.config.jsonc',
      "Each has its own journal, log and orders, and goes on where it ended; --fresh begins anew. The kill switch is the",
      "account's. What people trade on the account and pay into it is no session's holding and no session's return.",
    ],
  },
  {
    name: "live",
    summary: "trading with money, and what it asks for first",
    lines: [
      "  kiwi live arm STRATEGY -p BTC/USD -t 1h --account NAME     shows the gates; arms when all are open",
      "  kiwi live start STRATEGY -p BTC/USD -t 1h --confirm        within 15 minutes, with the same settings",
      "  kiwi live status | stop | flatten",
      "Gates: a backtest on real bars that its verdict does not refute, another over later bars, the checks passed anew,",
      "30 days on paper (trading.gates.paperDaysMin), a risk profile and the trading profile trader, and a key that can",
      "lift the kill switch. An arm is good once, for one account and one set of settings.",
    ],
  },
  {
    name: "kill",
    summary: "the kill switch: who pulls it, what it does, how it is lifted",
    lines: [
      "  kiwi kill [--account NAME]    cancels every order, and nothing is sent any more",
      "  kiwi kill --flatten           closes every position as well",
      "  kiwi kill --reduce            opens nothing new; orders and positions stay",
      "  kiwi kill status              who pulled it, and whether the venue has confirmed",
      "  kiwi kill key                 makes the key that lifts it: once, before it is needed",
      '  kiwi kill reset --account NAME --confirm NAME --reason "..."',
      "It is latched on the disk, holds over restarts, and needs neither configuration nor robot. Limits pull it too",
      "(trading.triggers): daily trades, position value, loss of the day, drawdown, value at risk, refused",
      "orders; and the watchdog, when the robot falls silent. A line that is down, late bars, clock skew and a robot that",
      "stood still are waited for: nothing is opened until a minute after (action wait; reduce, freeze, flatten latch).",
    ],
  },
];
