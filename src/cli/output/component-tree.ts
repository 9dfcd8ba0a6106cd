import type { ComponentReport } from "../../ports/component.ts";

const marks = { ok: "ok", starting: "starting", degraded: "DEGRADED", failed: "FAILED" } as const;

/**
 * Parts as a tree: on the left what no other part needs, below each what it needs. A part that several need stands below each of
 * them; how it is, and what to do about it, is said once.
 */
export function componentTree(components: readonly ComponentReport[], isRunning: boolean): string {
  const byId = new Map(components.map((one) => [one.id, one]));
  const needed = new Set(components.flatMap(({ needs }) => needs));
  const said = new Set<string>();
  const rows: [string, string][] = [];
  const add = (id: string, prefix: string, below: string): void => {
    const one = byId.get(id)!;
    rows.push([`${prefix}${id}`, said.has(id) ? "see above" : stateText(one, isRunning)]);
    const isNew = !said.has(id);
    said.add(id);
    if (!isNew) return;
    if (one.fix !== undefined) rows.push([`${below}${one.needs.length > 0 ? "|" : " "}`, `fix  ${one.fix}`]);
    one.needs.forEach((need, index) => {
      const isLast = index === one.needs.length - 1;
      add(need, `${below}${isLast ? "`- " : "|- "}`, `${below}${isLast ? "   " : "|  "}`);
    });
  };
  for (const { id } of components) if (!needed.has(id)) add(id, "", "");
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join("\n");
}

function stateText({ condition, state, detail, isSwitchable }: ComponentReport, isRunning: boolean): string {
  if (state === "off") return "off       switched off";
  return `${marks[condition].padEnd(8)}  ${detail}${isSwitchable && isRunning ? "   (can be switched)" : ""}`;
}
