import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { calculateFeatures } from "../../src/app/features/calculate-features.ts";
import { FeatureStore } from "../../src/app/features/feature-store.ts";
import { calendarNamed } from "../../src/domain/calendar/calendar-named.ts";
import { shortFeatures } from "../../src/features/short.ts";
import { medianMs } from "../median.ts";
import { randomWalk } from "../random-walk.ts";

// The short set over half a million bars: computed anew in memory, and read back from the store as a caller gets it, with
// the bars recognised by their fingerprint and every block checked.
const bars = randomWalk(500_000);
const calendar = calendarNamed("24/7");
const folder = await mkdtemp(join(tmpdir(), "kiwi-bench-features-"));

try {
  const count = Object.keys(shortFeatures.notes).length;
  const computeMs = medianMs(() => calculateFeatures(shortFeatures, bars, calendar), 3, 1);
  const store = new FeatureStore({ folder, warn: (text) => console.error(text) });
  await store.computeAndStore(shortFeatures, bars, calendar);
  const times: number[] = [];
  for (let run = 0; run < 12; run++) {
    const start = performance.now();
    await store.getFeatures(shortFeatures, bars, calendar);
    if (run >= 3) times.push(performance.now() - start);
  }
  console.log(
    JSON.stringify({
      featureValuesPerSecond: ((bars.length * count) / computeMs) * 1_000,
      featureReadMs: times.toSorted((a, b) => a - b)[times.length >> 1]!,
    }),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
