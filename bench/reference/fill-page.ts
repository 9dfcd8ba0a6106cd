import { configTables } from "./config-table.ts";
import { indicatorEntries } from "./indicator-entries.ts";
import { metricTable } from "./metric-table.ts";
import { pluginEntries, strategyTable } from "./plugin-entries.ts";
import { declaration, membersTable } from "./type-members.ts";

/** What a page may ask for between its marks, by name. */
const makers: Readonly<Record<string, (...words: readonly string[]) => string>> = {
  members: (path, name) => membersTable(path!, name!),
  declaration: (path, name) => declaration(path!, name!),
  indicators: indicatorEntries,
  metrics: metricTable,
  configuration: configTables,
  plugins: pluginEntries,
  strategies: strategyTable,
};

/** The pages of `docs/reference` that have such parts. */
export const generatedPages = [
  "strategy-language.md",
  "indicators.md",
  "metrics-of-runs.md",
  "configuration.md",
] as const;

/**
 * A page with every part between `<!-- from the code: WHAT -->` and `<!-- end -->` made anew; what people wrote around them
 * stays. Throws on a part that nobody can make.
 */
export function fillPage(text: string): string {
  return text.replaceAll(
    /(<!-- from the code: (.*?) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_all, mark, asked, end) => {
      const [what, ...words] = String(asked).split(" ");
      const make = makers[what!];
      if (make === undefined) throw new Error(`nothing makes "${what!}": ${Object.keys(makers).join(", ")}`);
      return `${String(mark)}${make(...words)}\n${String(end)}`;
    },
  );
}
