import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const source = join(root, "src");

type SourceFile = {
  readonly path: string;
  readonly room: string;
  readonly text: string;
  readonly isTest: boolean;
};

const files: readonly SourceFile[] = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({
    path: path.replaceAll("\\", "/"),
    room: path.split(/[\\/]/)[0]!,
    text: readFileSync(join(source, path), "utf8"),
    isTest: path.endsWith(".test.ts"),
  }));
const shipped = files.filter((file) => !file.isTest);

/** Which rooms each room may enter, besides itself. Everything else is a wall. */
const doors: Readonly<Record<string, readonly string[]>> = {
  base: [],
  domain: ["base"],
  ports: ["base", "domain"],
  indicators: ["base", "domain", "ports"],
  strategies: ["base", "domain", "ports", "indicators"],
  sizers: ["base", "domain", "ports", "indicators"],
  risk: ["base", "domain", "ports", "indicators"],
  costs: ["base", "domain", "ports"],
  features: ["base", "domain", "ports", "indicators"],
  learning: ["base", "domain", "ports"],
  regimes: ["base", "domain", "ports", "indicators", "learning"],
  selectors: ["base", "domain", "ports"],
  engine: ["base", "domain", "ports"],
  selection: ["base", "domain", "ports", "engine"],
  venue: ["base", "domain", "ports"],
  data: ["base", "domain", "ports"],
  // Carries out pieces of work of the rooms above, and knows none of them.
  jobs: ["base"],
  analysis: ["base", "domain", "ports", "engine", "selection", "data", "learning"],
  adapters: ["base", "domain", "ports", "data"],
  app: [
    "base",
    "domain",
    "ports",
    "indicators",
    "strategies",
    "sizers",
    "risk",
    "costs",
    "features",
    "learning",
    "regimes",
    "selectors",
    "engine",
    "selection",
    "venue",
    "data",
    "analysis",
    "adapters",
    "jobs",
  ],
  cli: ["base", "domain", "ports", "engine", "selection", "data", "analysis", "adapters", "app", "jobs"],
  "data.ts": ["domain", "ports", "data", "features", "adapters", "app"],
  "index.ts": ["base", "domain", "ports", "indicators", "app"],
};

function importsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1]!);
}

test("a room imports only from the rooms below it", () => {
  const broken = shipped.flatMap(({ path, room, text }) =>
    importsOf(text)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) =>
        relative(source, resolve(dirname(join(source, path)), specifier)).replaceAll("\\", "/"),
      )
      .filter((target) => !target.startsWith("..") || !target.endsWith("package.json"))
      .map((target) => ({ path, target, to: target.split("/")[0]! }))
      .filter(({ to }) => to !== room && !(doors[room] ?? []).includes(to)),
  );
  expect(broken.map(({ path, target }) => `${path} -> ${target}`)).toEqual([]);
});

test("every room of the house is on the plan", () => {
  expect([...new Set(shipped.map(({ room }) => room))].filter((room) => !(room in doors))).toEqual([]);
});

const outside =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bsetTimeout\b|\bsetInterval\b|\bperformance\.now\b|\bfetch\(/;
const impureModules =
  /"node:(fs|net|http|https|child_process|worker_threads|os|timers|dgram|tls|zlib)[/a-z]*"/;
const rim = new Set(["adapters", "app", "cli", "jobs", "server", "robot"]);

test("time, chance and the world stay in adapters, jobs, app, cli, server and robot", () => {
  const guilty = shipped
    .filter(({ room }) => !rim.has(room))
    .flatMap(({ path, text }) =>
      withoutComments(text)
        .split("\n")
        .flatMap((line, k) =>
          outside.test(line) || impureModules.test(line) ? [`${path}:${k + 1} ${line.trim()}`] : [],
        ),
    );
  expect(guilty).toEqual([]);
});

test("the engine and the plug-ins never wait", () => {
  const rooms = new Set([
    "engine",
    "selection",
    "venue",
    "indicators",
    "strategies",
    "sizers",
    "risk",
    "costs",
  ]);
  const waiting = shipped
    .filter(({ room }) => rooms.has(room))
    .filter(({ text }) => /\b(async|await)\b/.test(withoutComments(text)))
    .map(({ path }) => path);
  expect(waiting).toEqual([]);
});

test("no file is longer than 400 lines and no function longer than 70", () => {
  const long = shipped.flatMap(({ path, text }) => {
    const lines = text.split("\n");
    const found = lines.length > 400 ? [`${path}: ${lines.length} lines`] : [];
    return [...found, ...longFunctions(lines).map((where) => `${path}:${where}`)];
  });
  expect(long).toEqual([]);
});

/** Functions by indentation: from a line that opens one to the line that closes it at the same depth. */
function longFunctions(lines: readonly string[]): readonly string[] {
  const found: string[] = [];
  lines.forEach((line, start) => {
    const opening =
      /^(\s*)(?:export )?(?:async )?(?:function\*?\s+\w+|(?:private |static |get )*\w+)\s*(?:<.*>)?\(.*\{$/.exec(
        line,
      );
    if (opening === null || /^\s*(if|for|while|switch|test|describe|return)\b/.test(line)) return;
    const end = lines.findIndex(
      (other, k) => k > start && /^\s*\}[,;)]*$/.test(other) && other.startsWith(`${opening[1]}}`),
    );
    if (end - start > 70) found.push(`${start + 1} ${end - start} lines`);
  });
  return found;
}

const valueExport = /^export (?:default |async )?(?:function\*?|class|const)\b/;
const anyExport = /^export (?:default |async )?(?:function\*?|class|const|type|interface)\b/;

test("every sentence above an export is there", () => {
  const silent = shipped.flatMap(({ path, room, text }) => {
    const lines = text.split("\n");
    // Types of the inner rooms are everybody's words and need their sentence; elsewhere the name and the fields serve.
    const needsSentence = room === "domain" || room === "ports" ? anyExport : valueExport;
    return lines.flatMap((line, k) => {
      if (!needsSentence.test(line)) return [];
      // A definition says what it is in its own summary, which the CLI shows.
      if (/^export const \w+ = (?:indicator|definePlugin|strategy)\(/.test(line)) return [];
      let above = k - 1;
      while (above >= 0 && lines[above]!.startsWith("// oxlint")) above -= 1;
      return /\*\/\s*$/.test(lines[above] ?? "") || isPartOfGroup(lines, k)
        ? []
        : [`${path}:${k + 1} ${line.slice(0, 70)}`];
    });
  });
  expect(silent).toEqual([]);
});

/** A type that names the members of the constant right above it, or a group of one-line exports under one comment. */
function isPartOfGroup(lines: readonly string[], k: number): boolean {
  return k > 0 && (lines[k - 1]!.startsWith("export ") || /^[\])}]/.test(lines[k - 1]!));
}

test("nothing is exported that nobody imports", () => {
  const everything = [...files, ...outsideFiles()];
  const unused = shipped
    .filter(({ path }) => path !== "index.ts" && path !== "cli/main.ts")
    .flatMap(({ path, text }) =>
      [...text.matchAll(/^export (?:async )?(?:function\*?|class|const|let)\s+(\w+)/gm)]
        .map((match) => match[1]!)
        .filter(
          (name) =>
            !everything.some((other) => other.path !== path && new RegExp(`\\b${name}\\b`).test(other.text)),
        )
        .map((name) => `${path}: ${name}`),
    );
  expect(unused).toEqual([]);
});

function outsideFiles(): readonly { path: string; text: string }[] {
  return ["test", "bench", "examples"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => ({ path: `${folder}/${path}`, text: readFileSync(join(root, folder, path), "utf8") })),
  );
}

function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ""))
    .replace(/(^|[^:"])\/\/.*$/gm, "$1");
}
