import { plugins, strategies } from "../../src/app/plugins/registry.ts";
import { pluginKinds } from "../../src/ports/plugin.ts";
import type { Params } from "../../src/domain/params.ts";
import { tableOf } from "./markdown.ts";
import { paramTable } from "./param-table.ts";

/** What `use` may name, by kind, with every option. */
export function pluginEntries(): string {
  return pluginKinds
    .map((kind) => ({ kind, found: plugins.filter((plugin) => plugin.kind === kind) }))
    .filter(({ found }) => found.length > 0)
    .map(({ kind, found }) => {
      const entries = found.map(
        ({ name, summary, options }) => `#### ${name}\n${summary}\n\n${paramTable(options as Params)}`,
      );
      return `### ${kind}\n\n${entries.join("\n\n")}`;
    })
    .join("\n\n");
}

/** The built-in strategies, with a line for each. */
export function strategyTable(): string {
  return tableOf(
    ["strategy", "what it does", "parameters"],
    strategies.map(({ name, summary, params }) => [
      `\`${name}\``,
      summary,
      Object.entries(params as Params)
        .map(([key, param]) => `${key}=${String(param.default)}`)
        .join(", "),
    ]),
  );
}
