import fc from "fast-check";
import { expect, test } from "vitest";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { componentId, type ComponentPart } from "../../ports/component.ts";
import { Components } from "./components.ts";

/** Parts that write down what is done with them. */
function written(done: string[]) {
  return (name: string, needs: readonly string[] = [], more: Partial<ComponentPart> = {}): ComponentPart => ({
    kind: name,
    name,
    needs,
    open: () => void done.push(`+${name}`),
    close: () => void done.push(`-${name}`),
    ...more,
  });
}

test("parts open after those they need, whatever the order they are listed in, and close the other way round", async () => {
  const done: string[] = [];
  const part = written(done);
  const components = new Components(
    [part("rule", ["mail", "phone"]), part("phone"), part("mail", ["vault"]), part("vault")],
    { clock: new ManualClock(0) },
  );
  await components.open();
  await components.close();
  expect(done.join(" ")).toBe("+vault +mail +phone +rule -rule -phone -mail -vault");
});

test("for any parts that need each other without a circle, each opens after all that it needs", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(1_000), fc.array(fc.nat(1_000), { maxLength: 4 })), {
        minLength: 1,
        maxLength: 30,
      }),
      async (rows) => {
        const done: string[] = [];
        const part = written(done);
        // Part k may need parts with a smaller number; they are listed in an order of chance.
        const parts = rows.map(([at, wishes], k) => ({
          at,
          part: part(`p${k}`, [
            ...new Set(wishes.filter(() => k > 0).map((wish) => `p${wish % Math.max(1, k)}`)),
          ]),
        }));
        const listed = parts.toSorted((a, b) => a.at - b.at).map(({ part: one }) => one);
        const components = new Components(listed, { clock: new ManualClock(0) });
        await components.open();
        const place = (id: string): number => done.indexOf(`+${id}`);
        for (const one of listed)
          for (const need of one.needs!) expect(place(need)).toBeLessThan(place(componentId(one)));
        await components.close();
        expect(done.slice(rows.length)).toEqual(
          done
            .slice(0, rows.length)
            .toReversed()
            .map((text) => text.replace("+", "-")),
        );
      },
    ),
    { seed: 20_261_130, numRuns: 60 },
  );
});

test("a close that fails and one that hangs are told, and end no other", async () => {
  const done: string[] = [];
  const part = written(done);
  const failures: string[] = [];
  const clock = new ManualClock(0);
  const components = new Components(
    [
      part("journal"),
      part("hangs", [], { close: () => new Promise(() => {}) }),
      part("throws", [], {
        close() {
          throw new Error("no line");
        },
      }),
      part("monitor"),
    ],
    { clock, onCloseFailure: ({ name, why }) => failures.push(`${name}: ${why}`) },
  );
  await components.open();
  const closed = components.close();
  await clock.advance(5_000);
  await closed;
  expect(done.filter((text) => text.startsWith("-"))).toEqual(["-monitor", "-journal"]);
  expect(failures).toEqual(["throws: no line", "hangs: it did not close within 5 s"]);
  expect(components.reports().map(({ state }) => state)).toEqual(["closed", "closed", "closed", "closed"]);
});

const broken = {
  open() {
    throw new Error("no key");
  },
};

test("where one does not open nothing stays open, unless what opens is wanted: then the rest says what it lacks", async () => {
  const done: string[] = [];
  const part = written(done);
  const clock = new ManualClock(0);
  const whole = new Components([part("log"), part("broker", ["log"], broken)], { clock });
  await expect(whole.open()).rejects.toThrow("no key");
  expect(done.join(" ")).toBe("+log -log");
  const other = new Components([part("mail", [], broken), part("rule", ["mail"])], { clock });
  await other.tryToOpen();
  expect(other.reports().map(({ id, state, condition, detail }) => [id, state, condition, detail])).toEqual([
    ["mail", "failed", "failed", "no key"],
    ["rule", "open", "degraded", "open, without mail"],
  ]);
});

test("what may be is switched off and on; what nothing works without is not, and a name that is wrong is told", async () => {
  const done: string[] = [];
  const part = written(done);
  let changes = 0;
  const components = new Components(
    [
      part("broker", [], { isCritical: true }),
      part("mail", [], { isSwitchable: true }),
      part("rule", ["mail"]),
    ],
    { clock: new ManualClock(0), onChange: () => void (changes += 1) },
  );
  await components.open();
  await components.switch("mail", false);
  expect(components.reports().map(({ state, detail }) => `${state} ${detail}`)).toEqual([
    "open open",
    "off switched off",
    "open open, without mail",
  ]);
  expect(components.isOpen("mail")).toBe(false);
  await components.switch("mail", true);
  expect([components.isOpen("mail"), changes]).toEqual([true, 2]);
  expect(done.slice(3).join(" ")).toBe("-mail +mail");
  await expect(components.switch("broker", false)).rejects.toThrow("COMPONENT_FIXED");
  await expect(components.switch("mial", false)).rejects.toThrow("COMPONENT_UNKNOWN");
});

test("others take the place of a kind only when all of them are open; what was off stays off", async () => {
  const done: string[] = [];
  const part = written(done);
  const channel = (name: string, more: Partial<ComponentPart> = {}): ComponentPart => ({
    ...part(name, [], { isSwitchable: true, ...more }),
    kind: "channel",
  });
  const components = new Components([part("disk"), channel("mail"), channel("phone")], {
    clock: new ManualClock(0),
  });
  await components.open();
  await components.switch("channel phone", false);
  const states = () => components.reports().map(({ id, state }) => `${id} ${state}`);
  const before = states();
  done.length = 0;
  await expect(components.exchange(["channel"], [channel("slack"), channel("mail", broken)])).rejects.toThrow(
    "no key",
  );
  expect([states(), done]).toEqual([before, ["+slack", "-slack"]]);
  done.length = 0;
  await components.exchange(["channel"], [channel("slack"), channel("phone")]);
  expect(states()).toEqual(["disk open", "channel slack open", "channel phone off"]);
  expect(done).toEqual(["+slack", "-mail"]);
});

test("parts that need each other, or what is not there, are a mistake of whoever lists them", () => {
  const part = written([]);
  const of = (parts: readonly ComponentPart[]) => () => new Components(parts, { clock: new ManualClock(0) });
  expect(of([part("a", ["b"]), part("b", ["a"])])).toThrow("a -> b -> a");
  expect(of([part("a", ["b"])])).toThrow("a needs b, and there is none");
  expect(of([part("a"), part("a")])).toThrow("no two parts have one id");
});
