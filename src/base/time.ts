/** Spans in milliseconds. */
export const secondMs = 1_000;
export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** No calendar of JavaScript goes further from 1970 (ECMAScript 21.4.1.1). */
const furthestMs = 8.64e15;

/** `2024-03-05T14:00:00Z`, or `2024-03-05` at midnight UTC; the number itself where no calendar has it. */
export function formatTime(timeMs: number): string {
  if (!Number.isFinite(timeMs)) return "n/a";
  if (Math.abs(timeMs) > furthestMs) return `${timeMs} ms`;
  const text = new Date(timeMs).toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, -14) : text.replace(".000Z", "Z");
}

/** A span of time for people: `2 d 4 h`, `3 min`, `850 ms`. */
export function formatDuration(spanMs: number): string {
  if (!Number.isFinite(spanMs)) return "n/a";
  const units: readonly (readonly [string, number])[] = [
    ["d", dayMs],
    ["h", hourMs],
    ["min", minuteMs],
    ["s", secondMs],
    ["ms", 1],
  ];
  let rest = Math.round(Math.abs(spanMs));
  const parts: string[] = [];
  for (const [name, sizeMs] of units) {
    const count = Math.floor(rest / sizeMs);
    if (count > 0) parts.push(`${count} ${name}`);
    rest -= count * sizeMs;
    if (parts.length === 2) break;
  }
  return (spanMs < 0 ? "-" : "") + (parts.join(" ") || "0 ms");
}
