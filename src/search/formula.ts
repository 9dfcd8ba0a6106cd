import { KiwiError } from "../base/errors.ts";

/** A formula over names, read once and computed often. */
export type Formula = {
  readonly text: string;
  /** The names in it, each once, in the order of their first mention. */
  readonly names: readonly string[];
  /** Its value; `null` where a name has none, or where the arithmetic leaves the numbers. */
  readonly value: (of: (name: string) => number | null) => number | null;
};

/** A formula that is true or false: two formulas and how they compare. */
export type Condition = {
  readonly text: string;
  readonly names: readonly string[];
  /** `null` where a side has no value: nobody can say. */
  readonly holds: (of: (name: string) => number | null) => boolean | null;
};

type Node =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "negative"; readonly of: Node }
  | {
      readonly kind: "two";
      readonly operator: "+" | "-" | "*" | "/";
      readonly left: Node;
      readonly right: Node;
    };

const token = /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)(%)?|([A-Za-z_][\w.]*)|([-+*/()]))/iy;
const comparison = /<=|>=|==|!=|<|>/;

/** Reads `sharpe - 2 * maxDrawdown`. Throws `FORMULA_INVALID`, which says where reading stopped. */
export function readFormula(
  text: string,
  isKnown: (name: string) => boolean,
  known: readonly string[],
): Formula {
  const words = wordsOf(text);
  let at = 0;
  const take = (...wanted: readonly string[]): string | null => {
    const word = words[at];
    if (word === undefined || typeof word !== "string" || !wanted.includes(word)) return null;
    at += 1;
    return word;
  };
  const names: string[] = [];
  const atom = (): Node => {
    if (take("-") !== null) return { kind: "negative", of: atom() };
    if (take("(") !== null) {
      const inside = sum();
      if (take(")") === null) throw unreadable(text, "a bracket is not closed");
      return inside;
    }
    const word = words[at];
    at += 1;
    if (word === undefined) throw unreadable(text, "it ends where a number or a name is expected");
    if (typeof word === "string")
      throw unreadable(text, `"${word}" stands where a number or a name is expected`);
    if ("value" in word) return { kind: "number", value: word.value };
    if (!isKnown(word.name)) throw unreadable(text, `${word.name} is none of ${known.join(", ")}`);
    if (!names.includes(word.name)) names.push(word.name);
    return { kind: "name", name: word.name };
  };
  const chain = (operators: readonly ("+" | "-" | "*" | "/")[], next: () => Node): Node => {
    let left = next();
    for (;;) {
      const operator = take(...operators) as "+" | "-" | "*" | "/" | null;
      if (operator === null) return left;
      left = { kind: "two", operator, left, right: next() };
    }
  };
  const product = (): Node => chain(["*", "/"], atom);
  const sum = (): Node => chain(["+", "-"], product);
  const root = sum();
  if (at < words.length) throw unreadable(text, "something stands behind its end");
  return {
    text: text.trim(),
    names,
    value(of) {
      const value = compute(root, of);
      return value === null || !Number.isFinite(value) ? null : value;
    },
  };
}

/** Reads `maxDrawdown < 0.2`. Throws `FORMULA_INVALID`. */
export function readCondition(
  text: string,
  isKnown: (name: string) => boolean,
  known: readonly string[],
): Condition {
  const found = comparison.exec(text);
  if (found === null) throw unreadable(text, "it compares nothing: one of < <= > >= == != is missing");
  const [left, right] = [text.slice(0, found.index), text.slice(found.index + found[0].length)].map((side) =>
    readFormula(side, isKnown, known),
  ) as [Formula, Formula];
  return {
    text: text.trim(),
    names: [...new Set([...left.names, ...right.names])],
    holds(of) {
      const [one, other] = [left.value(of), right.value(of)];
      return one === null || other === null ? null : compare(found[0], one, other);
    },
  };
}

function compare(operator: string, one: number, other: number): boolean {
  switch (operator) {
    case "<":
      return one < other;
    case "<=":
      return one <= other;
    case ">":
      return one > other;
    case ">=":
      return one >= other;
    case "!=":
      return one !== other;
    default:
      return one === other;
  }
}

function compute(node: Node, of: (name: string) => number | null): number | null {
  switch (node.kind) {
    case "number":
      return node.value;
    case "name":
      return of(node.name);
    case "negative": {
      const value = compute(node.of, of);
      return value === null ? null : -value;
    }
    case "two": {
      const [left, right] = [compute(node.left, of), compute(node.right, of)];
      if (left === null || right === null) return null;
      if (node.operator === "+") return left + right;
      if (node.operator === "-") return left - right;
      return node.operator === "*" ? left * right : left / right;
    }
  }
}

type Word = string | { readonly value: number } | { readonly name: string };

function wordsOf(text: string): readonly Word[] {
  const words: Word[] = [];
  token.lastIndex = 0;
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const from = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw unreadable(text, `"${text.slice(from).trim()}" cannot be read`);
    const [, digits, percent, name, sign] = match;
    if (digits !== undefined) words.push({ value: Number(digits) / (percent === undefined ? 1 : 100) });
    else if (name !== undefined) words.push({ name });
    else words.push(sign!);
  }
  return words;
}

function unreadable(text: string, why: string): KiwiError {
  return new KiwiError({
    code: "FORMULA_INVALID",
    exit: "usage",
    message: `"${text.trim()}" is no formula`,
    why,
    fix: "write names, numbers, + - * / and brackets, for example 'sharpe - 2 * maxDrawdown' or 'fast * 2 < slow'",
    topic: "optimize",
  });
}
