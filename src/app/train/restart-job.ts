import { z } from "zod";
import { defineJob } from "../../jobs/job.ts";
import { runHmmRestart } from "../../learning/hmm/fit-hmm.ts";
import type { RestartRequest } from "./restart-request.ts";

const request = z.custom<RestartRequest>(
  (value) => typeof value === "object" && value !== null && "rows" in value && "options" in value,
);

/** One attempt at fitting a model. */
export default defineJob({
  request,
  perform: ({ rows, options, restart }) => runHmmRestart(rows.values, rows.length, options, restart),
});
