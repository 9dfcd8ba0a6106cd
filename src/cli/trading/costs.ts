import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fitCosts, fitCountMin, type Fitted } from "../../app/costs/fit-costs.ts";
import { fitFileOf } from "../../app/costs/fit-file.ts";
import type { RunConfig } from "../../app/config/run-config.ts";
import { storedSettings, storedJournal } from "../../app/trading/replay-stored.ts";
import { findSession } from "../../app/trading/session-folder.ts";
import { tradingHome } from "../../app/trading/trading-home.ts";
import { exitCodes } from "../../base/errors.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import { table } from "../output/table.ts";
import type { Shell } from "../shell.ts";

export type CostsFlags = CommonFlags & { readonly toFile?: string; readonly cautious?: true };

/** `kiwi costs refit`: what the fills of a session really cost, beside what its model says, and a file for the next one. */
export async function costsRefitCommand(
  shell: Shell,
  session: string | undefined,
  flags: CostsFlags,
): Promise<number> {
  const home = tradingHome(shell.env);
  const note = findSession(home, session);
  const measured = fitCosts(storedJournal(home, note).read());
  const file = fitFileOf(note.id, measured, flags.cautious === true);
  if (flags.toFile !== undefined)
    writeFileSync(resolve(shell.folder, flags.toFile), `${JSON.stringify(file, null, 2)}\n`);
  if (flags.json === true) {
    shell.out(envelope("costs-refit@1", file, true));
    return exitCodes.ok;
  }
  const model = modelledCosts(storedSettings(home, note).config.costs);
  shell.out(`session ${note.id}: ${measured.fills} orders of ours were filled`);
  shell.out(
    table(
      [
        { title: "" },
        { title: "model", align: "right" },
        { title: "measured", align: "right" },
        { title: "95 of 100 times within", align: "right" },
        { title: "fills", align: "right" },
      ],
      [
        rowOf("slippage", model.slippage, measured.slippage, share),
        rowOf("fee, taker", model.taker, measured.taker, share),
        rowOf("fee, maker", model.maker, measured.maker, share),
        rowOf("latency", model.latencyMs, measured.latencyMs, span),
      ],
    ),
  );
  if (flags.toFile === undefined) shell.out("keep it for the next run: the same with --to-file costs.json");
  else
    shell.out(
      `written to ${flags.toFile}; a run takes it with   --set costs.fitFile=${flags.toFile}   or from kiwi.config.jsonc`,
    );
  return exitCodes.ok;
}

/** Costs are small: a hundredth of a basis point is shown. */
const share = (value: number): string => `${(value * 100).toFixed(4)} %`;
const span = (value: number): string => `${value.toFixed(0)} ms`;

function rowOf(
  name: string,
  model: number | null,
  found: Fitted | null,
  text: (value: number) => string,
): readonly string[] {
  const modelled = model === null ? "another model" : text(model);
  if (found === null) return [name, modelled, `under ${fitCountMin} fills`, "", ""];
  const { value, low, high, count } = found;
  return [name, modelled, text(value), `${text(low)} to ${text(high)}`, String(count)];
}

/** What the session's own model takes; null where its plug-in is no plain rate. */
function modelledCosts({ commission, slippage, latencyMs }: RunConfig["costs"]) {
  const rate = commission.use === "rate" ? Number(commission["rate"]) : null;
  const makerRate = Number(commission["makerRate"] ?? -1);
  return {
    slippage: slippage.use === "fixed" ? Number(slippage["rate"]) : null,
    taker: rate,
    maker: rate === null || makerRate < 0 ? rate : makerRate,
    latencyMs,
  };
}
