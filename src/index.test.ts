import { expect, test } from "vitest";
import { indicators } from "./app/plugins/indicator-registry.ts";
import * as api from "./index.ts";

test("every built-in indicator can be imported by a strategy of one's own", () => {
  const names = indicators.map(({ name }) =>
    name.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
  );
  expect(names.filter((name) => !(name in api))).toEqual([]);
});
