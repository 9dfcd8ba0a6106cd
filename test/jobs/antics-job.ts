import { z } from "zod";
import { defineJob } from "../../src/jobs/job.ts";

const request = z.strictObject({
  act: z.enum(["answer", "wait", "spin", "eat", "exit", "print", "throw", "stray"]),
  numbers: z.instanceof(Float64Array).optional(),
});

/** Does what jobs must not do, one thing at a time, for the tests of their carriers. */
export default defineJob({
  request,
  async perform({ act, numbers }, { board, stage, settle }) {
    stage(act);
    board.report(1, 2);
    switch (act) {
      case "wait":
        return new Promise<never>(() => {});
      case "spin":
        board.asked(Date.UTC(2024, 0, 2));
        for (;;);
      case "eat": {
        const eaten: unknown[] = [];
        for (;;) eaten.push(Array.from({ length: 100_000 }, (_, k) => ({ k })));
      }
      case "exit":
        process.exit(3);
      case "print":
        for (let k = 0; k < 2_000; k++) console.log(`line ${k}`);
        process.stdout.write("without an end");
        break;
      case "throw":
        throw new RangeError("as asked");
      case "stray":
        void Promise.reject(new Error("strayed"));
        await settle();
    }
    const sum = numbers?.reduce((total, number) => total + number, 0) ?? 0;
    return { pid: process.pid, sum, secrets: Object.keys(process.env) };
  },
});
