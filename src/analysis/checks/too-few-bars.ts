import { KiwiError } from "../../base/errors.ts";

/** The error of a check that the bars do not suffice for. `purpose` completes "there are too few bars ...". */
export function tooFewBars(purpose: string, why: string, fix: string): KiwiError {
  return new KiwiError({
    code: "CHECK_TOO_FEW_BARS",
    exit: "data",
    message: `there are too few bars ${purpose}`,
    why,
    fix,
    topic: "checks",
  });
}
