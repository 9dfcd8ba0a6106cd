/**
 * Runs `work` over the items, at most `limit` at a time, and returns the results in the order of the items.
 * After a failure nothing more is started, what runs is waited for, and the first error is thrown.
 */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const errors: unknown[] = [];
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < items.length && errors.length === 0) {
      const index = next++;
      try {
        results[index] = await work(items[index]!, index);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  const width = Math.max(1, Math.min(Math.floor(limit), items.length));
  await Promise.all(Array.from({ length: width }, run));
  if (errors.length > 0) throw errors[0];
  return results;
}
