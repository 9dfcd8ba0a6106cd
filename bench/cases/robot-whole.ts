import { PaperStack } from "../../test/system/paper-stack.ts";

// The whole paper stack at bars of a minute in virtual time: processor time as a share of one core of the time that
// passed for it, with the emulated exchange in the same process; memory; and the start with 100 bars of history.
const figures: Record<string, number> = {};
await measure(50, 60);
await measure(600, 10);
console.log(JSON.stringify(figures));

async function measure(symbols: number, minutes: number): Promise<void> {
  const stack = new PaperStack({ seed: 9, symbols, warmupBars: 100, bars: 110 + minutes });
  const beginning = process.cpuUsage();
  await stack.start();
  await stack.bars(1);
  if (symbols === 50) figures["robotStartSeconds"] = secondsSince(beginning);
  // The compiler has seen everything by then.
  await stack.bars(5);
  const before = process.cpuUsage();
  await stack.bars(minutes);
  figures[`robotShare${symbols}`] = secondsSince(before) / (minutes * 60);
  figures[`robotMemory${symbols}Mb`] = process.memoryUsage().rss / 1e6;
  await stack.remove();
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
