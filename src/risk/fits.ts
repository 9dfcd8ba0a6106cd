/** Whether a value keeps to a limit. The last bits of a division must not refuse an order that fits exactly. */
export function fits(value: number, limit: number): boolean {
  return value <= limit * (1 + 1e-9);
}
