import { indicatorNamed, indicators } from "../../app/plugins/indicator-registry.ts";
import type { IndicatorDefinition } from "../../domain/indicator.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import { paramRows } from "../output/param-rows.ts";
import { pairs, table } from "../output/table.ts";
import type { Shell } from "../shell.ts";

/** `kiwi indicators list`. */
export async function indicatorsListCommand(shell: Shell, flags: CommonFlags): Promise<number> {
  if (flags.json === true) shell.out(envelope("indicators@1", { indicators: indicators.map(described) }));
  else
    shell.out(
      table(
        [{ title: "indicator" }, { title: "what it is" }],
        indicators.map(({ name, summary }) => [name, summary]),
      ),
    );
  return 0;
}

/** `kiwi indicators show`. */
export async function indicatorsShowCommand(shell: Shell, name: string, flags: CommonFlags): Promise<number> {
  const indicator = indicatorNamed(name);
  if (flags.json === true) {
    shell.out(envelope("indicator@1", described(indicator)));
    return 0;
  }
  const { summary, formula, source, inputs, outputs, pane } = indicator;
  shell.out(
    pairs([
      ["name", name],
      ["summary", summary],
      ["formula", formula],
      ["source", source],
      ["inputs", inputs.join(", ")],
      ["outputs", outputs.join(", ")],
      ["drawn", pane === "price" ? "over the prices" : "in a pane of its own"],
    ]),
  );
  const rows = paramRows(indicator.params);
  if (rows !== null) shell.out(`\n${rows}`);
  return 0;
}

function described({ name, summary, formula, source, inputs, outputs, params, pane }: IndicatorDefinition) {
  return { name, summary, formula, source, inputs, outputs, params, pane };
}
