// Planted: a registry on the global object that outlives the run, and the module.
import { strategy } from "../../../src/ports/strategy.ts";

const registry = globalThis as { zooBars?: number };

export default strategy({
  name: "global-registry",
  summary: "Trades by how many bars it has ever seen.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  onBar({ target }) {
    registry.zooBars = (registry.zooBars ?? 0) + 1;
    target(registry.zooBars % 70 < 35 ? 1 : 0, "bars ever seen");
  },
});
