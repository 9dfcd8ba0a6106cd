import { runSeeds } from "../../test/simulation/execution/run-seeds.ts";

// The small scenario of the order path's simulation: a robot with its journal, three symbols, 200 slices, brackets, faults
// and crashes as the seeds draw them. One thread; processor time, so that a busy machine does not count; the first seeds
// warm the code up.
const warmSeeds = 64;
const seeds = 160;

await runSeeds(0, warmSeeds);
const before = process.cpuUsage();
const { count } = await runSeeds(warmSeeds, seeds);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ simulationSeedsPerSecond: count / ((user + system) / 1e6) }));
