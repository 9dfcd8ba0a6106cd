import { exitCodes } from "../../base/errors.ts";
import { examine } from "../../app/components/examine.ts";
import { resolveConfig } from "../../app/config/resolve-config.ts";
import { examineProduction, type Finding } from "../../app/production.ts";
import { tradingHome } from "../../app/trading/trading-home.ts";
import type { CommonFlags, ConfigFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";

export type DoctorFlags = CommonFlags & ConfigFlags & { readonly production?: true };

const words = { ok: "ok", starting: "warn", degraded: "warn", failed: "fail" } as const;

/** `kiwi doctor`: looks at everything that Kiwi needs. Exit 3 when something would keep it from working. */
export async function doctorCommand(shell: Shell, flags: DoctorFlags): Promise<number> {
  const { folder, env } = shell;
  const sources = { folder, file: flags.config, env, sets: flags.set };
  const reports = await examine(sources, tradingHome(env));
  const findings: Finding[] = reports.map(({ id, condition, detail, fix = null }) => ({
    id,
    state: words[condition],
    text: detail,
    fix,
  }));
  // A configuration that cannot be read has been told of already.
  if (flags.production === true && findings.some(({ id, state }) => id === "config" && state !== "fail")) {
    const { config } = await resolveConfig(sources);
    findings.push(...examineProduction(tradingHome(env), folder, config));
  }
  const isWell = findings.every(({ state }) => state !== "fail");
  if (flags.json === true) shell.out(envelope("doctor@1", { findings }, isWell));
  else {
    const width = Math.max(...findings.map(({ id }) => id.length));
    shell.out(findings.map((finding) => findingText(finding, width)).join("\n"));
    shell.out(isWell ? "\nall is well" : "\nsomething is wrong: see FAIL above");
  }
  return isWell ? exitCodes.ok : exitCodes.config;
}

function findingText({ id, state, text, fix }: Finding, width: number): string {
  const word = state === "fail" ? "FAIL" : state;
  const line = `${word.padEnd(5)} ${id.padEnd(width)} ${text}`;
  return fix === null ? line : `${line}\n      fix      ${fix}`;
}
