import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";

/** The error about a range that ends before it begins. */
export function backwardsRange(fromMs: number, toMs: number): KiwiError {
  return new KiwiError({
    code: "RANGE_BACKWARDS",
    exit: "usage",
    message: `the range from ${formatTime(fromMs)} to ${formatTime(toMs)} holds no time`,
    why: "it ends before it begins",
    fix: "exchange --from and --to",
    topic: "ranges",
  });
}
