import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { makeFolder } from "./make-folder.ts";

const home = mkdtempSync(join(tmpdir(), "kiwi-folder-"));

test("two that make the same folders at the same time both have them", async () => {
  const module = new URL("./make-folder.ts", import.meta.url).href;
  const code = `
    const { workerData } = require("node:worker_threads");
    const gate = new Int32Array(workerData.gate);
    import(${JSON.stringify(module)}).then(({ makeFolder }) => {
      for (let k = 0; k < 25; k++) {
        // Both wait until both are there.
        Atomics.add(gate, 0, 1);
        Atomics.notify(gate, 0);
        for (let met = 0; (met = Atomics.load(gate, 0)) < 2 * (k + 1); ) Atomics.wait(gate, 0, met);
        makeFolder(workerData.home + "/" + k + "/a/b");
      }
    });`;
  const gate = new SharedArrayBuffer(4);
  const both = [0, 1].map(
    () =>
      new Promise<void>((done, fail) => {
        new Worker(code, { eval: true, workerData: { gate, home } })
          .on("error", fail)
          .on("exit", () => done());
      }),
  );
  await Promise.all(both);
  expect(statSync(join(home, "24/a/b")).isDirectory()).toBe(true);
});

test("a file in the place of a folder is said", () => {
  writeFileSync(join(home, "file"), "");
  expect(() => makeFolder(join(home, "file"))).toThrow("NOT_WRITABLE");
  expect(() => makeFolder(join(home, "file/below"))).toThrow("NOT_WRITABLE");
});
