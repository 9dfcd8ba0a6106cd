/** Empties an array that is reused bar after bar. Setting the length of an empty array costs 30 ns; looking is free. */
export function empty(array: unknown[]): void {
  if (array.length > 0) array.length = 0;
}
