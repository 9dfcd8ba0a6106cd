import { expect, test } from "vitest";
import { FaultPlan } from "./fault-plan.ts";
import { faultNames, noFaults, parseFaults } from "./parse-faults.ts";

test("a plan is read from a line of names and numbers", () => {
  expect(parseFaults("seed=7, drop=0.02,429=0.1,skew=-1500")).toEqual({
    ...noFaults,
    seed: 7,
    drop: 0.02,
    "429": 0.1,
    skew: -1500,
  });
  expect(parseFaults("")).toEqual(noFaults);
});

test.each([
  ["dorp=0.1", 'did you mean "drop"?'],
  ["drop=2", "a share"],
  ["drop", "no number"],
  ["drop=0.1=0.2", "no number"],
  ["drop=0.1,drop=0.2", "twice"],
  ["delay=-1", "less than nothing"],
  ["seed=1.5", "whole number"],
  ["skew=soon", "no number"],
  ["drop=0.6,html=0.6", "more than one fault for a request"],
  ["silent=1,disconnect=0.5", "more than one fault for a message"],
])("%s is refused with a way out", (text, told) => {
  expect(() => parseFaults(text)).toThrowError(
    expect.objectContaining({
      parts: expect.objectContaining({ code: "FAULTS_INVALID" }),
    }),
  );
  try {
    parseFaults(text);
  } catch (error) {
    const { message, fix } = (error as { parts: { message: string; fix: string } }).parts;
    expect(`${message} ${fix}`).toContain(told);
  }
});

test("the same seed draws the same fates, and each fault comes about as often as its share says", () => {
  const text = "seed=3,drop=0.1,reset=0.1,timeoutAfterAccept=0.1,http500=0.2,html=0.1,truncate=0.1,429=0.1";
  const [one, other] = [new FaultPlan(parseFaults(text)), new FaultPlan(parseFaults(text))];
  const fates = Array.from({ length: 10_000 }, () => one.nextRequest());
  expect(Array.from({ length: 10_000 }, () => other.nextRequest())).toEqual(fates);
  for (const fate of new Set(fates)) {
    const share = fates.filter((each) => each === fate).length / fates.length;
    // Three standard deviations of 10,000 draws at a share of 0.1 are 0.009, at 0.2 they are 0.012.
    expect(Math.abs(share - (fate === "answered" ? 0.2 : 0.1))).toBeLessThan(0.012);
  }
  expect(new Set(fates).size).toBe(9);
});

test("a venue that goes on with its books draws other faults than at its beginning, and the same ones from the same books", () => {
  const draws = (lines?: number) => {
    const plan = new FaultPlan(parseFaults("seed=3,drop=0.5"), lines);
    return Array.from({ length: 50 }, () => plan.nextRequest()).join();
  };
  expect(draws(0)).toBe(draws());
  expect(draws(7)).toBe(draws(7));
  expect(new Set([draws(0), draws(7), draws(8)]).size).toBe(3);
});

test("what is forced comes first, and once it is stopped nothing goes wrong any more", () => {
  const plan = new FaultPlan(parseFaults("drop=1,lose=1"));
  plan.forceRequests("html");
  expect([plan.nextRequest(), plan.nextRequest(), plan.nextMessage()]).toEqual(["html", "lost", "lost"]);
  plan.stop();
  expect([plan.nextRequest(), plan.nextMessage()]).toEqual(["answered", "told"]);
});

test("a new order is hidden for as long as the plan says", () => {
  const plan = new FaultPlan(parseFaults("eventualVisibility=500"));
  plan.noteArrival("a", 1_000);
  expect([plan.isVisible("a", 1_499), plan.isVisible("a", 1_500), plan.isVisible("b", 0)]).toEqual([
    false,
    true,
    true,
  ]);
});

test("every fault says what its number means", () => {
  for (const told of Object.values(faultNames)) expect(told.length).toBeGreaterThan(20);
});
