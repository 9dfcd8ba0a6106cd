import type { Topic } from "./topic.ts";

/** Venues that take orders. */
export const brokerTopics: readonly Topic[] = [
  {
    name: "brokers",
    summary: "where orders can be sent",
    lines: [
      "  alpaca      US stocks and crypto            bybit       futures and spot of the unified account",
      "  ib          shares, currencies, futures of Interactive Brokers, through TWS or its gateway (no key)",
      '  "broker": { "use": "bybit", "category": "linear", "leverage": 2, "key": { "env": "MY_KEY" } }',
      "in kiwi.config.jsonc; another broker is another word after use. Play money is the default everywhere: paper hosts and",
      "paper keys. Keys and hosts that do not fit the mode are refused before anything is sent.",
      "  kiwi broker check              logs in, shows key, settings, clock, money, orders; sends no order",
      "  kiwi broker check --live       the same for the account with money",
      "Keys are looked up in APCA_API_KEY_ID and APCA_API_SECRET_KEY (alpaca), BYBIT_API_KEY and BYBIT_API_SECRET (bybit), or",
      "where the configuration says (kiwi help secrets). A key that may withdraw is refused where the venue tells.",
      "An answer that is no plain yes or no leaves an order unknown: it is asked for, never sent again under a new id.",
      "docs/reference/brokers.md says what each broker takes, and what it cannot.",
    ],
  },
];
