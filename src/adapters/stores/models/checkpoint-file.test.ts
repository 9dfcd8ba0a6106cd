import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { canMakeDisk, withSmallDisk } from "../../../../test/small-disk.ts";
import { checkpointFile } from "./checkpoint-file.ts";
import { TrainingRuns } from "./training-runs.ts";

test.skipIf(!canMakeDisk)(
  "a disk that is full is said, and the checkpoint before is still there, whole, and can be gone on from",
  async () => {
    await withSmallDisk(256, async (folder) => {
      const checkpoint = checkpointFile(folder, "a training");
      const small = new Uint8Array(50_000).fill(7);
      await checkpoint.write(small);
      await expect(checkpoint.write(new Uint8Array(400_000))).rejects.toMatchObject({
        parts: {
          code: "DISK_FULL",
          topic: "models",
          fix: expect.stringContaining("run the same command again"),
        },
      });
      expect(await checkpoint.read()).toEqual(Buffer.from(small));
      expect(readdirSync(join(folder, ".training"))).toHaveLength(1);
    });
  },
);

test.skipIf(!canMakeDisk)(
  "a story that no longer fits on the disk is said once, and the training goes on",
  async () => {
    await withSmallDisk(64, async (folder) => {
      const warnings: string[] = [];
      const runs = new TrainingRuns(join(folder, "training"));
      const story = await runs.begin("net", { seed: 1 }, 0, (line) => void warnings.push(line));
      for (let step = 1; step <= 3_000; step++) story.metrics("final", step, { loss: 1 / step });
      expect(warnings).toEqual([expect.stringMatching(/is not written any more: .*ENOSPC/)]);
      const lines = await runs.metrics(story.id);
      expect(lines.length).toBeGreaterThan(300);
      expect(lines[1]).toMatchObject({ part: "final", step: 2, loss: 0.5 });
      expect(await runs.read(story.id)).toMatchObject({
        model: "net",
        status: "running",
        params: { seed: 1 },
      });
    });
  },
);
