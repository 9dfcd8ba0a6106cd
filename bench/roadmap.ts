import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One line of docs/roadmap.md: what is required, the tests that show it, and what is open in it. */
export type RoadmapRow = {
  readonly phase: number;
  readonly requirements: readonly number[];
  readonly what: string;
  readonly tests: readonly string[];
  readonly open: string;
};

/** Reads the tables of docs/roadmap.md, whose headings say `## Phase N: name`. */
export function readRoadmap(root: string): readonly RoadmapRow[] {
  const sections = readFileSync(join(root, "docs/roadmap.md"), "utf8").split(/^## Phase /m);
  return sections.slice(1).flatMap((section) => {
    const phase = Number.parseInt(section, 10);
    const lines = section.split("\n").filter((line) => line.startsWith("| R"));
    return lines.map((line) => rowOf(phase, line));
  });
}

function rowOf(phase: number, line: string): RoadmapRow {
  const [requirements = "", what = "", shownBy = "", open = ""] = line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
  return {
    phase,
    requirements: requirements.split(", ").map((name) => Number(name.slice(1))),
    what,
    tests: [...shownBy.matchAll(/`([^`]+)`/g)].map((match) => match[1]!),
    open,
  };
}
