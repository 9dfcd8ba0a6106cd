/** Removes one element from an array, keeping the order of the others. The last one goes without moving any. */
export function removeFrom<T>(array: T[], element: T): void {
  const last = array.length - 1;
  if (last >= 0 && array[last] === element) return void array.pop();
  const at = array.indexOf(element);
  if (at >= 0) array.splice(at, 1);
}
