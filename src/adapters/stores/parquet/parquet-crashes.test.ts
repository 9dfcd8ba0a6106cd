import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withFolder } from "../../../../test/bar-store-contract.ts";
import { killAgainAndAgain, killsOf } from "../../../../test/bar-store-crashes.ts";

test("a writer killed at random moments loses nothing it promised, doubles nothing and leaves nothing unreadable", async () => {
  const folders = [1, 2].map(async (seed) =>
    withFolder(async (folder) => {
      await killAgainAndAgain("parquet", folder, seed, killsOf(25));
      const names = await readdir(join(folder, "TEST", "1h"));
      const manifest = names.filter((name) => !name.endsWith(".parquet"));
      expect(manifest.filter((name) => !name.startsWith("writer.lock"))).toEqual(["manifest.json"]);
    }),
  );
  await Promise.all(folders);
}, 300_000);
