import { readFileSync } from "node:fs";
import { join } from "node:path";
import { indicators } from "../../src/app/plugins/indicator-registry.ts";
import { assert } from "../../src/base/assert.ts";
import type { IndicatorDefinition } from "../../src/domain/indicator.ts";
import { resolveParams } from "../../src/domain/params.ts";
import { root } from "./markdown.ts";
import { paramTable } from "./param-table.ts";

/** A section for every built-in indicator: call, import, formula, source, warm-up, parameters. */
export function indicatorEntries(): string {
  const exported = readFileSync(join(root, "src/index.ts"), "utf8");
  return indicators.map((one) => entryOf(one, exported)).join("\n\n");
}

function entryOf(indicator: IndicatorDefinition, exported: string): string {
  const [, name, path] =
    new RegExp(String.raw`export \{ (\w+) \} from "\./(indicators/${kebab(indicator.name)}\.ts)"`).exec(
      exported,
    ) ?? [];
  assert(name !== undefined && path !== undefined, `src/index.ts does not export ${indicator.name}`);
  const { summary, formula, source, outputs, pane, params } = indicator;
  return [
    `## ${name}`,
    `${summary}\n`,
    `- call: \`${callOf(name, readFileSync(join(root, "src", path), "utf8"))}\``,
    `- import: \`import { ${name} } from "kiwi"\``,
    `- formula: \`${formula.replaceAll("`", "")}\``,
    `- source: ${source}`,
    `- outputs: ${outputs.map((output) => `\`${output}\``).join(", ")}, drawn ${pane === "price" ? "over the prices" : "in a pane of its own"}`,
    `- warm-up: ${warmupOf(indicator)}`,
    `\n${paramTable(params)}`,
  ].join("\n");
}

/** The signature of the function that a strategy calls, on one line. */
function callOf(name: string, text: string): string {
  const signature = new RegExp(String.raw`export function ${name}(\([\s\S]*?\): [\s\S]*?) \{\n`).exec(
    text,
  )?.[1];
  assert(signature !== undefined, `the file of ${name} exports no function of that name`);
  const line = signature.replaceAll(/\s+/g, " ").replace("( ", "(").replace(", )", ")");
  return `${name}${line}`;
}

function warmupOf({ name, params, warmup, settling }: IndicatorDefinition): string {
  const defaults = resolveParams(name, params, {});
  const [first, more] = [warmup(defaults), settling(defaults)];
  const value = first === 0 ? "a value from the first bar on" : `${first} bars before the first value`;
  const settled =
    more === 0
      ? "exact from then on"
      : `${more} more until the beginning weighs less than 0.1 %, and decisions wait for them`;
  return `${value}, ${settled}${Object.keys(params).length === 0 ? "" : " (with the defaults)"}`;
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
