import { jobs } from "../../app/jobs/job-table.ts";
import { kiwiConfigSchema } from "../../app/config/config-schema.ts";
import { exitCodes } from "../../base/errors.ts";
import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import { checkText } from "../output/check-text.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";
import { readParams, type ParamFlags } from "./read-params.ts";
import { withProgress } from "./with-progress.ts";

export type StrategyTestFlags = CommonFlags & ProgressFlags & ParamFlags;

/** Enough bars for a strategy over days, few enough to wait for. */
const testedBars = "synthetic:symbols=2,bars=4000";

/** `kiwi strategy test`: runs a strategy on made-up bars and tries every check on it. Exit 5 when one fails. */
export async function strategyTestCommand(
  shell: Shell,
  name: string,
  flags: StrategyTestFlags,
): Promise<number> {
  const config = kiwiConfigSchema.parse({ data: [testedBars], account: { kind: "margin" } });
  const params = await readParams(shell.folder, flags);
  const request = { folder: shell.folder, strategy: name, params, config, nowMs: Date.now() };
  const tested = await withProgress(shell, flags, jobs.strategyTest, { request });
  const { results, funnel, strategyName } = tested;
  const pass = results.every((result) => result.pass);
  if (flags.json === true) {
    shell.out(
      envelope(
        "strategy-test@1",
        { strategy: strategyName, dataKind: "synthetic", funnel, checks: results },
        pass,
      ),
    );
    return pass ? exitCodes.ok : exitCodes.check;
  }
  const { decisions, warmingUp, signals, orders, fills, trades } = funnel;
  shell.out(`${strategyName} on made-up bars (SYNTHETIC: says nothing about any real market)`);
  shell.out(
    `${decisions} bars, ${warmingUp} of them warm-up: ${signals} signals, ${orders} orders, ${fills} fills, ${trades} closed trades`,
  );
  if (signals === 0) shell.out("it never stated a target: is its condition ever true?");
  shell.out(`\n${results.map(checkText).join("\n")}`);
  return pass ? exitCodes.ok : exitCodes.check;
}
