/** A small fault planted in a source file. */
export type Mutant = {
  readonly path: string;
  /** Line number, from 1. */
  readonly line: number;
  readonly before: string;
  readonly after: string;
  /** The whole file with the fault in it. */
  readonly text: string;
  /** The whole file without it. */
  readonly sound: string;
};

type Swap = readonly [pattern: RegExp, replacement: string];

/** What a slip of the hand changes: a comparison, a sign, a condition, a number, a call that is left out. */
const swaps: readonly Swap[] = [
  [/ < /g, " <= "],
  [/ <= /g, " < "],
  [/ > /g, " >= "],
  [/ >= /g, " > "],
  [/ === /g, " !== "],
  [/ !== /g, " === "],
  [/ && /g, " || "],
  [/ \|\| /g, " && "],
  [/ \+ /g, " - "],
  [/ - /g, " + "],
  [/ \* /g, " / "],
  [/ \/ /g, " * "],
  [/ \+= /g, " -= "],
  [/ -= /g, " += "],
  [/\btrue\b/g, "false"],
  [/\bfalse\b/g, "true"],
  [/\b0\b(?![.\w])/g, "1"],
  [/\b1\b(?![.\w])/g, "0"],
  [/Math\.min\(/g, "Math.max("],
  [/Math\.max\(/g, "Math.min("],
  [/Math\.abs\(/g, "("],
  [/-Infinity/g, "0"],
];

/** Whether a line is code that runs: no comment, import, type or text for people. */
function isCode(line: string): boolean {
  const text = line.trim();
  if (/^(\/\/|\/?\*|import |export type|type |readonly |\||summary|reason|message|why|fix)/.test(text))
    return false;
  return !/^(export )?(interface|declare)\b/.test(text) && !/^[\w?]+: [A-Z]?\w+(<.*>)?[,;]$/.test(text);
}

/** Every fault that `swaps` can plant in a file. A call statement may also be left out. */
export function mutantsOf(path: string, source: string): readonly Mutant[] {
  const lines = source.split("\n");
  return lines.flatMap((line, k) => {
    if (!isCode(line)) return [];
    const withLine = (after: string): Mutant => ({
      path,
      line: k + 1,
      before: line.trim(),
      after: after.trim(),
      text: [...lines.slice(0, k), after, ...lines.slice(k + 1)].join("\n"),
      sound: source,
    });
    const swapped = swaps.flatMap(([pattern, replacement]) =>
      [...line.matchAll(pattern)]
        .filter(({ index }) => !isQuoted(line, index) && !isInType(line, index))
        .filter(({ 0: found }) => !keepsExtreme(line, found))
        .map(({ index, 0: found }) =>
          withLine(line.slice(0, index) + replacement + line.slice(index + found.length)),
        ),
    );
    const never = withoutCondition(line);
    const leftOut = /^\s+(this\.|[a-z]\w*\.)[\w.]+\(.*\);$/.test(line) ? [withLine("")] : [];
    return [...swapped, ...(never === null ? [] : [withLine(never)]), ...leftOut];
  });
}

function isQuoted(line: string, index: number): boolean {
  const before = line.slice(0, index);
  return [`"`, "`"].some((quote) => before.split(quote).length % 2 === 0) || before.includes("//");
}

/** `if (a < low) low = a`: with `<=` an equal value is put in its own place, which nobody can see. */
function keepsExtreme(line: string, comparison: string): boolean {
  const [, left, sign, right, kept, taken] =
    /^\s*if \((\S+) (<=?|>=?) (\S+)\) (\S+) = (\S+);$/.exec(line) ?? [];
  if (left === undefined || sign !== comparison.trim()) return false;
  return (left === taken && right === kept) || (left === kept && right === taken);
}

/** Whether a number is one of a type's: nothing runs that could be wrong. */
function isInType(line: string, index: number): boolean {
  return [...line.matchAll(/(?:-?\d \| )+-?\d/g)].some(
    ({ index: from, 0: union }) => index >= from && index < from + union.length,
  );
}

/** A line whose `if` never holds; null where it has none, or not all of it. */
function withoutCondition(line: string): string | null {
  const from = line.indexOf("if (");
  if (from < 0 || isQuoted(line, from)) return null;
  let depth = 0;
  for (let k = from + 3; k < line.length; k++) {
    if (line[k] === "(") depth += 1;
    else if (line[k] === ")") depth -= 1;
    if (depth === 0) return `${line.slice(0, from)}if (false)${line.slice(k + 1)}`;
  }
  return null;
}
