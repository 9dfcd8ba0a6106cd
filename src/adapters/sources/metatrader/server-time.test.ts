import fc from "fast-check";
import { expect, test } from "vitest";
import { hourMs } from "../../../base/time.ts";
import { serverTime } from "./server-time.ts";

test("a time that is shown and read again is the same, but for the hour that comes twice", () => {
  const zones = ["UTC", "UTC-3:30", "Europe/Athens", "America/New_York+7", "Asia/Tokyo-2"];
  const year = { min: Date.parse("2023-01-01T00:00:00Z"), max: Date.parse("2026-01-01T00:00:00Z") };
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer(year), (zone, utcMs) => {
      const server = serverTime(zone);
      const againMs = server.toUtc(server.wallOf(utcMs));
      expect([0, hourMs]).toContain(utcMs - againMs);
      expect(server.wallOf(againMs)).toBe(server.wallOf(utcMs));
    }),
    { seed: 11 },
  );
});

test("a day of most currency brokers begins at 17:00 in New York, in summer and in winter", () => {
  const server = serverTime("America/New_York+7");
  expect(server.toUtc(Date.parse("2024-07-02T00:00:00Z"))).toBe(Date.parse("2024-07-01T21:00:00Z"));
  expect(server.toUtc(Date.parse("2024-01-09T00:00:00Z"))).toBe(Date.parse("2024-01-08T22:00:00Z"));
});
