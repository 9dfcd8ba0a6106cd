import type { Topic } from "./topic.ts";

/** Searches: what they try, where they run, and how much of what they find is luck. */
export const searchTopics: readonly Topic[] = [
  {
    name: "optimize",
    summary: "search parameters, and know how much of the best is luck",
    lines: [
      "  kiwi optimize sma-cross --data FILE                      every parameter over its own range",
      "  --vary fast=5..50:5 --vary kind=a,b                      only these; a key of the configuration works too:",
      "  --vary costs.latencyMs=0..1000:250                       (account, costs, sizing, risk, protection, execution)",
      "  --where 'fast * 2 < slow' --only-when width:stop=true    what must hold, what matters only with another",
      "  --objective 'sharpe - 2 * maxDrawdown' --require 'trades > 100' --pareto totalReturn,maxDrawdown",
      "  --method grid|random|tpe|halving|racing --trials 500 --folds 4 --seed 7",
      "halving and racing stop most trials early, on few bars; the report says which, and why.",
      "The last quarter of the time is not seen by the search (--holdout 0 gives it away): the best is shown there too.",
      "Same seed, same table, to the byte, for any number of --jobs. It is written as it goes: --resume last goes on.",
      "Everything that is tried is counted (kiwi help trials), and the luck in the best is taken out of it.",
    ],
  },
  {
    name: "workers",
    summary: "let many machines run the trials of a search",
    lines: [
      "  kiwi worker --queue redis://HOST:PORT --jobs 8            on each machine, in the folder of the search",
      "  kiwi optimize NAME --data FILE --queue redis://HOST:PORT --jobs 16    16: pieces on their way at the same time",
      "Without a Redis a PostgreSQL does: --queue postgres://USER@HOST/DATABASE, in a schema of its own (kiwi_queue).",
      "A worker reads the bars itself. It must have the same Kiwi, the same strategy files and the same data at the same",
      "place: what differs is refused (WORKER_OTHER_CODE, WORKER_OTHER_DATA), for its numbers would not be those of the search.",
      "The table has the same bytes as that of a search here. A worker that is lost costs time alone: its piece goes to",
      "another one, and every trial stands in the table once. A search waits for its server, and --resume goes on.",
    ],
  },
  {
    name: "trials",
    summary: "the ledger of everything that was ever tried",
    lines: [
      ".kiwi/trials.jsonl counts the different things that were tried, by symbol, length of the bars and overlapping time:",
      "a day less, a bar more or another file name changes nothing. The deflated Sharpe ratio takes their luck out.",
      "  kiwi trials list           what was tried on which bars",
      "  kiwi trials reset --yes    begin anew; every later report says that trials are missing",
      "Its lines are chained by hashes: a line that was changed by hand is refused with its number, and a ledger that is",
      "cut short or removed is missed.",
    ],
  },
];
