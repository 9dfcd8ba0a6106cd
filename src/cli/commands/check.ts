import { jobs } from "../../app/jobs/job-table.ts";
import { exitCodes } from "../../base/errors.ts";
import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import { strategyFlags } from "../flags/run-flags.ts";
import { checkText } from "../output/check-text.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";
import { checkKinds, checkLine, type CheckKind } from "../../app/jobs/make-checks.ts";
import { runRequestOf, type RequestFlags } from "./run-request.ts";
import { interruptedExit } from "../interrupt.ts";
import { stoppable } from "./stoppable.ts";
import { withProgress } from "./with-progress.ts";

export type CheckFlags = CommonFlags & ProgressFlags & RequestFlags & { readonly bars?: number };

/** `kiwi check`: tries to catch a strategy cheating. Exit 5 when it does. */
export async function checkCommand(
  shell: Shell,
  kind: CheckKind,
  strategy: string | undefined,
  flags: CheckFlags,
): Promise<number> {
  const request = await runRequestOf(shell, strategyFlags, strategy, flags);
  const input = { request, kind, barsMax: flags.bars };
  const made = new Map<string, string>();
  const onLine = (line: string): void => {
    const found = checkLine.exec(line);
    if (found === null) shell.err(line);
    else made.set(found[2]!, found[1]!);
  };
  const { stuckAfterSeconds } = request.config;
  const output = await stoppable(
    shell,
    (signal) => withProgress(shell, flags, jobs.check, input, { stuckAfterSeconds, signal, onLine }),
    () => stoppedText(kind, made),
  );
  if (output === null) return interruptedExit;
  const { results, dataKind, strategyName } = output;
  const pass = results.every((result) => result.pass !== false);
  if (flags.json === true)
    shell.out(envelope("check@1", { strategy: strategyName, dataKind, checks: results }, pass));
  else shell.out(results.map(checkText).join("\n\n"));
  return pass ? exitCodes.ok : exitCodes.check;
}

/** What Ctrl-C says: the checks that had an answer, and that the others can be made alone. */
function stoppedText(kind: CheckKind, made: ReadonlyMap<string, string>): string {
  if (kind !== "all") return `stopped: ${kind} has no answer yet. Fewer bars are quicker: --bars 5000`;
  const open = checkKinds.filter((one) => one !== "all" && !made.has(one));
  const answers = [...made].map(([name, answer]) => `${answer} ${name}`);
  const rest = open.map((name) => `kiwi check ${name}`).join(", ");
  return (
    `stopped: ${answers.length === 0 ? "no check has an answer yet" : answers.join(", ")}\n` +
    (open.length === 0
      ? "Checks of what is learned were left: kiwi check lookahead"
      : `Those that are left, with the same flags: ${rest}`)
  );
}
