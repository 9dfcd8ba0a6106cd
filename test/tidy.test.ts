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
  // Whether outcomes contradict a model is one formula, whoever asks: pure arithmetic.
  strategies: ["base", "domain", "ports", "indicators", "learning/judge"],
  sizers: ["base", "domain", "ports", "indicators", "learning/judge"],
  // How much may be lost is one formula, whether a report tells it or an order is judged by it: pure arithmetic.
  risk: ["base", "domain", "ports", "indicators", "analysis/statistics"],
  costs: ["base", "domain", "ports"],
  features: ["base", "domain", "ports", "indicators"],
  learning: ["base", "domain", "ports"],
  regimes: ["base", "domain", "ports", "indicators", "learning"],
  selectors: ["base", "domain", "ports"],
  // What to try next: knows no strategy, only names and values.
  search: ["base", "domain"],
  engine: ["base", "domain", "ports"],
  selection: ["base", "domain", "ports", "engine"],
  venue: ["base", "domain", "ports"],
  data: ["base", "domain", "ports"],
  // Carries out pieces of work of the rooms above, and knows none of them.
  jobs: ["base"],
  analysis: ["base", "domain", "ports", "engine", "selection", "data", "learning"],
  adapters: ["base", "domain", "ports", "data"],
  // Faces of the venue behind a wire, for real clients.
  emulator: ["base", "domain", "ports", "venue", "data"],
  // Joins a session to a connection: sends, recovers, reconciles, kills.
  // What others read of a robot over HTTP.
  server: ["base", "domain", "ports", "robot"],
  robot: ["base", "domain", "ports", "engine", "selection", "venue", "data", "analysis"],
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
    "search",
    "engine",
    "selection",
    "venue",
    "data",
    "analysis",
    "adapters",
    "jobs",
    "emulator",
    "robot",
    "server",
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
      .filter(
        ({ to, target }) =>
          to !== room && !(doors[room] ?? []).some((door) => to === door || target.startsWith(`${door}/`)),
      ),
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
const rim = new Set(["adapters", "app", "cli", "jobs", "server", "robot", "emulator"]);

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

/** What goes by the time zone of the machine. */
const localTime =
  /\.(?:get|set)(?:Hours|Minutes|Date|Day|Month|FullYear|TimezoneOffset)\(|\.toLocale(?:Date|Time)String\(/u;

test("nothing goes by the time zone of the machine: it may change while a session runs", () => {
  expect(shipped.filter(({ text }) => localTime.test(text)).map(({ path }) => path)).toEqual([]);
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
  // In how many files a word stands: every file is read once, and not once for every name.
  const filesWith = new Map<string, number>();
  for (const { text } of [...files, ...outsideFiles()])
    for (const word of new Set(text.match(/\w+/g) ?? [])) filesWith.set(word, (filesWith.get(word) ?? 0) + 1);
  const unused = shipped
    .filter(({ path }) => path !== "index.ts" && path !== "cli/main.ts")
    .flatMap(({ path, text }) =>
      [...text.matchAll(/^export (?:async )?(?:function\*?|class|const|let)\s+(\w+)/gm)]
        .map((match) => match[1]!)
        .filter((name) => filesWith.get(name) === 1)
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

/** What a file imports, by path under `src`: values and types, what is loaded later, and what runs in a thread. */
const importedBy: ReadonlyMap<string, readonly string[]> = new Map(
  shipped.map(({ path, text }) => {
    const later = [...text.matchAll(/new URL\(\s*"([^"]+\.ts)"/g)].map((match) => match[1]!);
    const targets = [...importsOf(text).filter((specifier) => specifier.startsWith(".")), ...later].map(
      (specifier) => relative(source, resolve(dirname(join(source, path)), specifier)).replaceAll("\\", "/"),
    );
    return [path, [...new Set(targets)]];
  }),
);

/** Circles that are still there, each as its files; type for type, so nothing loads twice. The list only shrinks. */
const knownCircles: readonly (readonly string[])[] = [
  // What a loaded file is and what a stored series is tell each other their types.
  ["app/bars/load-bars.ts", "app/data/stored-bars.ts"],
  // A recorder records a session, which has a recorder.
  ["engine/decision-log/decision-recorder.ts", "engine/session.ts"],
];

test("no circle of imports inside a room", () => {
  const known = new Set(knownCircles.map((files) => files.join(" ")));
  expect(circles().filter((files) => !known.has(files.join(" ")))).toEqual([]);
});

/** Groups of files that reach each other (Tarjan's strongly connected components), each sorted. */
function circles(): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (path: string): void => {
    order.set(path, order.size);
    low.set(path, order.get(path)!);
    stack.push(path);
    for (const next of importedBy.get(path) ?? []) {
      if (!importedBy.has(next)) continue;
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low.set(path, Math.min(low.get(path)!, low.get(next)!));
    }
    if (low.get(path) !== order.get(path)) return;
    const group = stack.splice(stack.indexOf(path));
    if (group.length > 1) found.push(group.sort());
  };
  for (const path of importedBy.keys()) if (!order.has(path)) visit(path);
  return found;
}

/** Folders with more files than a person takes in at a glance, and how many they may have. The numbers only shrink. */
const crowded: Readonly<Record<string, number>> = {
  // One file for each command, by name.
  "cli/commands": 28,
  // One file for each quirk of a format.
  "adapters/sources/csv": 26,
  "learning/hmm": 29,
};
/** Rooms of plug-ins: one file each, side by side. */
const pluginRooms = new Set(["indicators", "strategies", "sizers", "risk", "costs", "regimes", "selectors"]);

test("no more than 25 files stand side by side, but for plug-ins", () => {
  const counts: Record<string, number> = {};
  for (const { path } of shipped) counts[dirname(path)] = (counts[dirname(path)] ?? 0) + 1;
  const over = Object.entries(counts).filter(
    ([folder, count]) => !pluginRooms.has(folder) && count > (crowded[folder] ?? 25),
  );
  expect(over).toEqual([]);
});

/** Product code that no command, job or export reaches yet, with the reason why it is kept. The list only shrinks. */
const unreachedYet: readonly RegExp[] = [
  // What a live session asks about its data: a robot will.
  /^data\/quality\//,
  // The way back from a lost catalogue: no command calls it yet.
  /^adapters\/stores\/catalogue\/rebuild-catalogue\.ts$/,
  // Smoothing and simulation, for people who analyse a model; a test keeps them out of every decision.
  /^learning\/hmm\/(analysis\/|choose-states|simulate-hmm)/,
];

test("product code is reached from the command line or from the package, not from tests alone", () => {
  const reached = new Set<string>();
  const walk = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const next of importedBy.get(path) ?? []) walk(next);
  };
  walk("cli/main.ts");
  walk("index.ts");
  walk("data.ts");
  const unreached = shipped.map(({ path }) => path).filter((path) => !reached.has(path));
  expect(unreached.filter((path) => unreachedYet.every((known) => !known.test(path)))).toEqual([]);
  expect(unreachedYet.filter((known) => !unreached.some((path) => known.test(path)))).toEqual([]);
});

/** Files of the command line that still reach into adapters themselves, instead of asking `app`. The list only shrinks. */
const reachingAdapters = new Set([
  // Runs that were kept: found and read where they are shown.
  "cli/commands/explain.ts",
  "cli/commands/report.ts",
  "cli/commands/runs/runs.ts",
  "cli/commands/model.ts",
  // New files of a project are written whole.
  "cli/commands/init.ts",
  "cli/commands/strategy-new.ts",
  // The age of a bar on the screen.
  "cli/commands/data/data-watch.ts",
  // Types of what is shown.
  "cli/commands/data/data-list.ts",
  "cli/output/model-text.ts",
  "cli/output/news-text.ts",
]);

test("the command line asks app, and not the adapters behind it", () => {
  const reaching = shipped
    .filter(({ room }) => room === "cli")
    .filter(({ path }) => importedBy.get(path)!.some((target) => target.startsWith("adapters/")))
    .map(({ path }) => path);
  expect(reaching.filter((path) => !reachingAdapters.has(path))).toEqual([]);
});

function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ""))
    .replace(/(^|[^:"])\/\/.*$/gm, "$1");
}
