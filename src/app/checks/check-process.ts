// The other end of `run-checks.ts`: a process of its own, so that no check sees what another one left behind, and
// a strategy that hangs, exits or prints does no harm.
import { KiwiError } from "../../base/errors.ts";
import type { CheckAnswer, CheckOrder } from "./check-order.ts";
import { performCheck } from "./perform-check.ts";

// A strategy that let a promise of the network fail has been reported already.
process.on("unhandledRejection", () => {});
process.on("message", (order: CheckOrder) => {
  void answerTo(order).then((answer) => process.send!(answer));
});

async function answerTo(order: CheckOrder): Promise<CheckAnswer> {
  try {
    return { kind: "done", result: await performCheck(order) };
  } catch (cause) {
    if (cause instanceof KiwiError) return { kind: "refused", parts: cause.parts };
    return {
      kind: "broken",
      message: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
    };
  }
}
