import { exitCodes } from "../../base/errors.ts";
import { resolveConfig } from "../../app/config/resolve-config.ts";
import { examineProduction } from "../../app/production.ts";
import { tradingHome } from "../../app/trading/trading-home.ts";
import { examine, type Finding } from "../../app/doctor.ts";
import type { CommonFlags, ConfigFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";

export type DoctorFlags = CommonFlags & ConfigFlags & { readonly production?: true };

/** `kiwi doctor`: looks at everything that Kiwi needs. Exit 3 when something would keep it from working. */
export async function doctorCommand(shell: Shell, flags: DoctorFlags): Promise<number> {
  const sources = { folder: shell.folder, file: flags.config, env: shell.env, sets: flags.set };
  const findings = [...(await examine(sources))];
  // A configuration that cannot be read has been told of already.
  if (flags.production === true && findings.some(({ id, state }) => id === "config" && state !== "fail")) {
    const { config } = await resolveConfig(sources);
    findings.push(...examineProduction(tradingHome(shell.env), shell.folder, config));
  }
  const isWell = findings.every(({ state }) => state !== "fail");
  if (flags.json === true) shell.out(envelope("doctor@1", { findings }, isWell));
  else {
    shell.out(findings.map(findingText).join("\n"));
    shell.out(isWell ? "\nall is well" : "\nsomething is wrong: see FAIL above");
  }
  return isWell ? exitCodes.ok : exitCodes.config;
}

function findingText({ id, state, text, fix }: Finding): string {
  const word = state === "fail" ? "FAIL" : state;
  const line = `${word.padEnd(5)} ${id.padEnd(8)} ${text}`;
  return fix === null ? line : `${line}\n      fix      ${fix}`;
}
