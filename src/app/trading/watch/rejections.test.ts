import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const module = join(import.meta.dirname, "rejections.ts");

test("a rejection that nobody handles is counted and told, and ends the process only where no robot runs", () => {
  const code = `
    import { tellOfRejections, unhandledRejections } from ${JSON.stringify(module)};
    const calm = tellOfRejections({ note: ({ kind, gravity, message }) => console.log(kind, gravity, message.split("\\n")[0]) });
    void Promise.reject(new Error("boom"));
    setTimeout(() => {
      console.log(unhandledRejections());
      calm();
      void Promise.reject(new Error("again"));
      setTimeout(() => console.log("still there"), 100);
    }, 20);
  `;
  const { stdout, status } = spawnSync(process.execPath, ["--input-type=module-typescript", "-e", code], {
    encoding: "utf8",
  });
  expect(stdout.trim().split("\n")).toEqual([
    "rejection unhandled alarm a part of the program failed and nobody caught it (1 since the start): Error: boom",
    "1",
  ]);
  expect(status).toBe(1);
});
