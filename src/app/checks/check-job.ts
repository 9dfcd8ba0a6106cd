import { z } from "zod";
import { defineJob } from "../../jobs/job.ts";
import type { CheckOrder } from "./check-order.ts";
import { performCheck } from "./perform-check.ts";

// Tables of bars are columns of numbers: whoever sends them has made them itself.
const request = z.custom<CheckOrder>(
  (value) => typeof value === "object" && value !== null && "check" in value && "request" in value,
);

/** A check, in a process of its own: no check sees what another one left behind, and no strategy does harm. */
export default defineJob({
  request,
  perform: (order, { board }) => performCheck(order, board, (done, total) => board.report(done, total)),
  // A strategy that let a promise of the network fail has been reported already.
  ignoresStrays: true,
});
