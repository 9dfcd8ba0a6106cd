/** The text of a configuration to begin with: everything that is usually changed, with its default. */
export function configText(strategyPath: string, schemaPath: string): string {
  return `{
  // Completion in your editor; kiwi config schema prints it.
  "$schema": ${JSON.stringify(schemaPath)},

  // What to run, and on what. "synthetic" makes bars up: put a CSV file or a folder in its place.
  "strategy": ${JSON.stringify(strategyPath)},
  "data": ["synthetic:timeframe=4h,bars=6570"],

  "account": { "kind": "cash", "cash": 10000 },

  // Costs are never zero by default: 0.1 % commission and 0.05 % slippage.
  "costs": {
    "commission": { "use": "rate", "rate": 0.001 },
    "slippage": { "use": "fixed", "rate": 0.0005 }
  }

  // Every other key with its meaning: kiwi config schema. What holds now: kiwi config show --origin
}
`;
}

/** Settings that let an editor know the types of "kiwi" in strategy files. */
export function typesText(): string {
  const settings = {
    compilerOptions: {
      target: "es2024",
      module: "nodenext",
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      erasableSyntaxOnly: true,
    },
    include: ["*.ts"],
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}
