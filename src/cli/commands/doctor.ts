import { exitCodes } from "../../base/errors.ts";
import { examine } from "../../app/components/examine.ts";
import { tradingHome } from "../../app/trading/trading-home.ts";
import type { ComponentReport } from "../../ports/component.ts";
import type { CommonFlags, ConfigFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";

const words = { ok: "ok", starting: "warn", degraded: "warn", failed: "fail" } as const;

/** `kiwi doctor`: looks at everything that Kiwi needs. Exit 3 when something would keep it from working. */
export async function doctorCommand(shell: Shell, flags: CommonFlags & ConfigFlags): Promise<number> {
  const { folder, env } = shell;
  const reports = await examine({ folder, file: flags.config, env, sets: flags.set }, tradingHome(env));
  const findings = reports.map(({ id, condition, detail, fix = null }) => ({
    id,
    state: words[condition],
    text: detail,
    fix,
  }));
  const isWell = findings.every(({ state }) => state !== "fail");
  if (flags.json === true) shell.out(envelope("doctor@1", { findings }, isWell));
  else {
    const width = Math.max(...reports.map(({ id }) => id.length));
    shell.out(reports.map((report) => findingText(report, width)).join("\n"));
    shell.out(isWell ? "\nall is well" : "\nsomething is wrong: see FAIL above");
  }
  return isWell ? exitCodes.ok : exitCodes.config;
}

function findingText({ id, condition, detail, fix }: ComponentReport, width: number): string {
  const word = condition === "failed" ? "FAIL" : words[condition];
  const line = `${word.padEnd(5)} ${id.padEnd(width)} ${detail}`;
  return fix === undefined ? line : `${line}\n      fix      ${fix}`;
}
