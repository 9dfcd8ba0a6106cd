/** Names that people know from elsewhere, and what they are called here. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  backtesting: ["backtest"],
  "list-strategies": ["strategy", "list"],
  "new-strategy": ["strategy", "new"],
  "download-data": ["data", "download"],
  "list-data": ["data", "list"],
  hyperopt: ["optimize"],
  // Never with money: who wants that says kiwi live.
  trade: ["paper", "start"],
  "dry-run": ["paper", "start"],
  // What is held and which orders work stand on one page.
  orders: ["status"],
  positions: ["status"],
  balance: ["status"],
  portfolio: ["status"],
  jobs: ["schedule", "list"],
  "lookahead-analysis": ["check", "lookahead"],
  "recursive-analysis": ["check", "warmup"],
  "show-config": ["config", "show"],
  "plot-dataframe": ["report"],
  "plot-profit": ["report"],
  plot: ["report"],
  "--version": ["version"],
  "-V": ["version"],
};

/** Puts Kiwi's own name in the place of an alias. */
export function withoutAlias(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  const own = first !== undefined && Object.hasOwn(aliases, first) ? aliases[first] : undefined;
  return own === undefined ? args : [...own, ...rest];
}
