import { expect, test } from "vitest";
import { int } from "../domain/params.ts";
import { portfolioStrategy } from "./portfolio-strategy.ts";

test("a misspelt series, parameter or member of the view does not compile", () => {
  const subject = portfolioStrategy({
    name: "typed",
    summary: "For the compiler.",
    params: { length: int(10, { min: 2, max: 20 }) },
    schedule: "monthly",
    setup: ({ bars }) => ({ strength: bars.close }),
    onRebalance({ rank, series, p, target }) {
      const best = rank("strength")[0]!;
      target(best, series(best).strength.now / p.length, "typed");
      // @ts-expect-error -- no series is called so
      rank("strenght");
      // @ts-expect-error -- no series is called so
      void series(best).momentum;
      // @ts-expect-error -- no parameter is called so
      void p.lenght;
    },
  });
  expect(subject.kind).toBe("strategy");
  expect(subject.portfolio).toEqual({ schedule: "monthly" });
});
