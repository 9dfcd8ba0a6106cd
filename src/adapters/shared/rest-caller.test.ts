import { expect, test } from "vitest";
import type { KiwiError } from "../../base/errors.ts";
import { z } from "zod";
import { ManualClock, settle } from "../../../test/fakes/manual-clock.ts";
import { Prng } from "../../base/prng.ts";
import { defaultRetryPolicy } from "./backoff.ts";
import { HostLimit } from "./host-limit.ts";
import { TransportError, type HttpAnswer } from "./http-answer.ts";
import { redactor } from "./redact.ts";
import { RestCaller, type Ask, type RestCallerOptions } from "./rest-caller.ts";

const clock = new ManualClock(0);
const setUp = (more: Partial<RestCallerOptions> = {}): RestCaller =>
  new RestCaller({
    venue: "Venue",
    clock,
    prng: new Prng(1),
    limit: new HostLimit(clock, { weight: 1, windowMs: 1_000 }),
    policy: { ...defaultRetryPolicy, attemptsMax: 2, delayMsBase: 0 },
    redact: redactor(["top-secret"]),
    judge: () => null,
    clockSkewMsMax: 5_000,
    ...more,
  });

const answer = (more: Partial<HttpAnswer> = {}): HttpAnswer => ({
  status: 200,
  headers: {},
  body: { value: 1 },
  unreadable: null,
  sentMs: clock.nowMs(),
  receivedMs: clock.nowMs(),
  ...more,
});

const ask = (
  send: () => Promise<HttpAnswer>,
  more: Partial<Ask<{ value: number }>> = {},
): Ask<{ value: number }> => ({
  what: "a value",
  weight: 1,
  schema: z.object({ value: z.number() }),
  send,
  ...more,
});

test("a call that waited for its turn is not sent when another was banned meanwhile", async () => {
  const sent: string[] = [];
  const caller = setUp({
    judge: ({ status }) => (status === 418 ? { kind: "ban", reason: "too much", spanMs: 60_000 } : null),
  });
  const banned = caller.call(
    ask(async () => {
      sent.push("first");
      return answer({ status: 418 });
    }),
  );
  const waiting = caller.call(
    ask(async () => {
      sent.push("second");
      return answer();
    }),
  );
  const outcomes = Promise.allSettled([banned, waiting]);
  await clock.advance(2_000);
  expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(sent).toEqual(["first"]);
});

test("the reason of the last failure is told without secrets, and with where the shape is wrong", async () => {
  const doubtful = setUp().call(ask(async () => answer(), { doubt: () => "seen: top-secret" }));
  const misshapen = setUp().call(ask(async () => answer({ body: { value: "one" } })));
  const outcomes = Promise.allSettled([doubtful, misshapen]);
  await clock.advance(5_000);
  const [first, second] = (await outcomes).map((outcome) =>
    String((outcome as PromiseRejectedResult).reason),
  );
  expect(first).toMatch(/a value in 2 tries; the last: seen: \*\*\*/);
  expect(second).toMatch(/another shape at value/);
});

test("no answer is tried again, an error of our own is not", async () => {
  let tries = 0;
  const recovering = setUp().call(
    ask(async () => {
      tries += 1;
      if (tries === 1) throw new TransportError("the connection failed");
      return answer();
    }),
  );
  await clock.advance(2_000);
  expect((await recovering).value).toEqual({ value: 1 });
  const broken = setUp().call(ask(() => Promise.reject(new TypeError("a bug"))));
  await expect(broken).rejects.toThrow(TypeError);
});

test("a certificate that is expired is said as one, with what to look at", async () => {
  const failing = setUp().call(
    ask(() => Promise.reject(new TransportError("the connection failed (CERT_HAS_EXPIRED)"))),
  );
  const outcome = Promise.allSettled([failing]);
  await clock.advance(600_000);
  const [{ reason }] = (await outcome) as [PromiseRejectedResult];
  expect((reason as KiwiError).parts).toMatchObject({
    why: expect.stringContaining("certificate that is expired"),
    fix: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
  });
});

test("an answer from a cache is old without our clock being wrong", async () => {
  const date = new Date(clock.nowMs() - 60_000).toUTCString();
  const cached = await setUp().call(ask(async () => answer({ headers: { date, age: "60" } })));
  expect(cached.generatedMs).toBe(Date.parse(date));
  await settle();
  await expect(setUp().call(ask(async () => answer({ headers: { date } })))).rejects.toThrow(/CLOCK_OFF/);
});
