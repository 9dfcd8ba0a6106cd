import { exitCodes } from "../../base/errors.ts";
import { examine, type Finding } from "../../app/doctor.ts";
import type { CommonFlags, ConfigFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";

/** `kiwi doctor`: looks at everything that Kiwi needs. Exit 3 when something would keep it from working. */
export async function doctorCommand(shell: Shell, flags: CommonFlags & ConfigFlags): Promise<number> {
  const findings = await examine({
    folder: shell.folder,
    file: flags.config,
    env: shell.env,
    sets: flags.set,
  });
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
