/** Removes one element from an array, keeping the order of the others. The last one goes without moving any. */
export function removeFrom<T>(array: T[], element: T): void {
  const at = array.indexOf(element);
  if (at < 0) return;
  if (at === array.length - 1) array.pop();
  else array.splice(at, 1);
}
