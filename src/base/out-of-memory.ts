/** What Node says before it gives up for want of memory. */
const words = /heap out of memory|invalid table size|Allocation failed|Last few GCs/i;

/** Whether a line of a program's standard error is of its end for want of memory. */
export function saysOutOfMemory(line: string): boolean {
  return words.test(line);
}
