import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Prng } from "../../src/base/prng.ts";
import { dayMs } from "../../src/base/time.ts";
import { calendarNamed } from "../../src/domain/calendar/calendar-named.ts";
import { timeRotation } from "../rotation-run.ts";

// 500 shares over 27 years in files: half of them are listed on the way, two of five are delisted.
const calendar = calendarNamed("us-equity");
const dates: string[] = [];
for (let timeMs = Date.UTC(1989, 0, 2); timeMs < Date.UTC(2016, 0, 1); timeMs += dayMs) {
  const isSession = calendar.isOpen(timeMs + 15.5 * (dayMs / 24));
  if (isSession) dates.push(new Date(timeMs).toISOString().slice(0, 10));
}
const folder = mkdtempSync(join(tmpdir(), "kiwi-panel-"));
try {
  const prng = new Prng(7);
  for (let k = 0; k < 500; k++) writeShare(`S${String(k).padStart(3, "0")}`);
  const panelRotationSeconds = await timeRotation(folder);
  const panelRotationMemoryMb = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ panelRotationSeconds, panelRotationMemoryMb }));

  function writeShare(symbol: string): void {
    const from = prng.next() < 0.5 ? 0 : prng.integer(Math.floor(dates.length * 0.8));
    const life = prng.next() < 0.6 ? dates.length : 250 + prng.integer(dates.length - from);
    const rows = ["date,open,high,low,close,volume"];
    let price = 20 + 80 * prng.next();
    for (const date of dates.slice(from, from + life)) {
      const open = price;
      price = Math.max(0.5, price * (1.0003 + 0.02 * prng.normal()));
      const [high, low] = [Math.max(open, price) * 1.003, Math.min(open, price) * 0.997];
      rows.push([date, ...[open, high, low, price].map((value) => value.toFixed(4)), 1e6].join());
    }
    writeFileSync(join(folder, `${symbol}-1d.csv`), `${rows.join("\n")}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
