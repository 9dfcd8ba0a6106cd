import { liveOrders } from "../simulation/order-life.ts";

const seeds = 10_000;

/** The life of orders over a bad road, with many more seeds than the tests have time for. */
export function prove(): string {
  const broken: string[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const violations = liveOrders(seed);
    if (violations.length > 0) broken.push(`seed ${seed}: ${violations.join("; ")}`);
  }
  if (broken.length > 0)
    throw new Error(`${broken.length} of ${seeds} seeds broke a promise\n${broken.join("\n")}`);
  return `${seeds.toLocaleString("en")} seeds of order life: no holding beyond what was wanted, every end at the standing target, both books the same to the cent`;
}
