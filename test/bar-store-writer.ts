import { writeSync } from "node:fs";
import { openSmallStore, plannedAppend, type StoreKind } from "./bar-store-plan.ts";

// A process to be killed: carries out a plan from a place on, and says after every step that it is safe.
const [kind, folder, seed, from, to] = process.argv.slice(2);
const store = openSmallStore(kind as StoreKind, folder!);
for (let place = Number(from); place < Number(to); place++) {
  const { bars, provenance } = plannedAppend(Number(seed), place);
  await store.append("TEST", "1h", bars, provenance);
  // Straight to the pipe: what is buffered in the process would die with it.
  writeSync(1, `${place}\n`);
  if (place % 4 === 3) await store.compact("TEST", "1h");
}
await store.close();
