import { expect, test } from "vitest";
import { hourMs } from "../base/time.ts";
import { BarTable } from "../domain/bar-table.ts";
import { calendarNamed } from "../domain/calendar/calendar-named.ts";
import { ResampledFrame } from "./columns/frame.ts";
import { everyBar, FrameResampler } from "./resampler.ts";

test("a slice without bars closes nothing, and every other one is decided on", () => {
  const slice = { timeMs: 1, count: 1, instruments: Int32Array.of(0), rows: Int32Array.of(0) };
  expect(everyBar.update(slice)).toBe(slice);
  expect(everyBar.update({ ...slice, count: 0 })).toBeNull();
});

test("bars of two hours are decided on when they have closed, each once, symbol by symbol", () => {
  const tables = [new BarTable("A", "1h"), new BarTable("B", "1h")];
  const frames = tables.map((table) => new ResampledFrame(table, "2h", calendarNamed("24/7")));
  const resampler = new FrameResampler(frames);
  const closed: string[] = [];
  // In which hours there is a bar of A and of B; from 1 on.
  const present = ["AB", "AB", "AB", "A", "B", "AB"];
  for (const [k, names] of present.entries()) {
    const timeMs = (k + 1) * hourMs;
    const indices = [0, 1].filter((index) => names.includes("AB"[index]!));
    for (const index of indices) tables[index]!.append(timeMs, 1, 1, 1, 1, 1);
    const seen = resampler.update({
      timeMs,
      count: indices.length,
      instruments: Int32Array.from(indices),
      rows: Int32Array.from(indices, (index) => tables[index]!.length - 1),
    });
    if (seen === null) continue;
    const bars = Array.from({ length: seen.count }, (_, n) => `${"AB"[seen.instruments[n]!]}${seen.rows[n]}`);
    closed.push(`${seen.timeMs / hourMs}: ${bars.join(" ")}`);
  }
  // B has no bar in hour 4: that its second bar is over is known with the next one, in hour 5.
  expect(closed).toEqual(["2: A0 B0", "4: A1", "5: B1", "6: A2 B2"]);
});
