import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isDataFolder, makeDataFolder } from "./data-folder.ts";

test("programs that make one data folder at the same time all find it made", async () => {
  const root = await mkdtemp(join(tmpdir(), "kiwi-data-"));
  try {
    for (let round = 0; round < 20; round++) {
      const path = join(root, `data ${round}`);
      await Promise.all(Array.from({ length: 4 }, async () => makeDataFolder(path)));
      expect([await isDataFolder(path), await readdir(path)]).toEqual([true, ["kiwi-data.json"]]);
    }
  } finally {
    await rm(root, { recursive: true });
  }
});
