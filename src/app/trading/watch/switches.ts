import { appendFileSync, readFileSync } from "node:fs";
import { z } from "zod";

const request = z.strictObject({ id: z.string(), isOn: z.boolean(), by: z.string(), atMs: z.number() });

/** A person wants a part of a running session on or off. */
export type SwitchRequest = z.output<typeof request>;

/** Adds a wish for a running session to read. */
export function askForSwitch(path: string, wish: SwitchRequest): void {
  appendFileSync(path, `${JSON.stringify(wish)}\n`, { mode: 0o600 });
}

/** The wishes of people for a session, each read once, in the order in which they came. */
export class SwitchRequests {
  private readonly path: string;
  private read = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** What has come since the last time. A line that nobody can read is left out. */
  take(): readonly SwitchRequest[] {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch {
      return [];
    }
    // The last line may still be on its way.
    const lines = text.split("\n").slice(0, -1);
    const fresh = lines.slice(this.read);
    this.read = lines.length;
    return fresh.flatMap((line) => {
      try {
        return [request.parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
  }
}
