import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { KiwiError } from "../../base/errors.ts";
import { environmentWithoutSecrets } from "../config/environment-without-secrets.ts";
import type { CheckAnswer, CheckName, CheckOrder, CheckResults } from "./check-order.ts";

const processFile = fileURLToPath(new URL("./check-process.ts", import.meta.url));

/** A process that checks strategies, one after the other. What they print goes to standard error. */
type CheckProcess = {
  /**
   * Throws the strategy's own errors, and `CHECK_PROCESS_ENDED` when it took the process with it. `onSent` hears that
   * the order has left: from then on this thread may compute without holding the check up.
   */
  readonly perform: <Name extends CheckName>(
    order: CheckOrder<Name>,
    onSent?: () => void,
  ) => Promise<CheckResults[Name]>;
  readonly stop: () => void;
};

/** Starts a check process, in our environment without its secrets and with `environment`. Stop it when done. */
export function startCheckProcess(environment: Readonly<Record<string, string>> = {}): CheckProcess {
  const child = fork(processFile, {
    // Bars and columns travel as they are.
    serialization: "advanced",
    execArgv: [],
    env: { ...environmentWithoutSecrets(process.env), ...environment },
    stdio: ["ignore", 2, 2, "ipc"],
  });
  const ask = (order: CheckOrder, onSent?: () => void) =>
    new Promise<CheckAnswer>((resolve, reject) => {
      const ended = (code: number | null) => reject(processEnded(code));
      child.once("exit", ended);
      child.once("message", (message) => {
        child.off("exit", ended);
        resolve(message as CheckAnswer);
      });
      // Whoever cannot be sent to has ended, and that is heard of above.
      child.send(order, () => onSent?.());
    });
  return {
    async perform<Name extends CheckName>(order: CheckOrder<Name>, onSent?: () => void) {
      const answer = await ask(order, onSent);
      if (answer.kind === "refused") throw new KiwiError(answer.parts);
      if (answer.kind === "broken") throw new Error(answer.message);
      // It was asked for this very check.
      return answer.result as CheckResults[Name];
    },
    stop: () => child.kill(),
  };
}

function processEnded(code: number | null): KiwiError {
  return new KiwiError({
    code: "CHECK_PROCESS_ENDED",
    exit: "check",
    message: `the strategy ended the process that checked it (exit code ${code ?? "none"})`,
    why: "it called process.exit, ran out of memory or was killed",
    fix: "remove the call; give fewer bars with --bars if it was memory",
    topic: "checks",
  });
}
