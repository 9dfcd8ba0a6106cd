import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "../../src/base/assert.ts";
import { root, tableOf } from "./markdown.ts";

/** One member of a type, as its source says it. */
type Member = { readonly name: string; readonly type: string; readonly says: string };

/** The members of a type or interface with the comments above them, as a table. Fails where the source has no such type. */
export function membersTable(path: string, typeName: string): string {
  const members = membersOf(readFileSync(join(root, path), "utf8"), typeName);
  assert(members.length > 0, `${path} has no members of ${typeName}`);
  const silent = members.filter(({ says }) => says === "").map(({ name }) => name);
  assert(silent.length === 0, `${path}: ${typeName} does not say what ${silent.join(", ")} is`);
  return tableOf(
    ["member", "type", "what it is"],
    members.map(({ name, type, says }) => [`\`${name}\``, `\`${type}\``, says]),
  );
}

/** A declaration as it stands in the source, its comment included. */
export function declaration(path: string, name: string): string {
  const text = readFileSync(join(root, path), "utf8");
  const start = new RegExp(String.raw`^export (?:type|interface|function|const) ${name}\b`, "m").exec(text);
  assert(start !== null, `${path} declares no ${name}`);
  const rest = text.slice(start.index);
  const end = /^(?=\n)|^export (?=\w)/m.exec(rest.slice(1))?.index ?? rest.length;
  const whole = rest.slice(0, end + 1).trimEnd();
  // What a function promises is above its first brace; how it does it is not for this page.
  const body = whole.startsWith("export function") ? `${whole.slice(0, whole.indexOf(" {\n"))};` : whole;
  const comment = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n$/.exec(text.slice(0, start.index))?.[0] ?? "";
  return `\`\`\`typescript\n${comment}${body}\n\`\`\``;
}

/** Reads the lines between `export type NAME ... {` and the brace that closes it; a comment belongs to the member below it. */
function membersOf(text: string, typeName: string): readonly Member[] {
  const opening = new RegExp(
    String.raw`^export (?:interface|type) ${typeName}\b[^;{]*(?:\{[^;{}]*\}[^;{]*)*?\{$`,
    "m",
  );
  const start = opening.exec(text);
  if (start === null) return [];
  const found: Member[] = [];
  let comment = "";
  for (const line of linesUntilClosed(text.slice(start.index + start[0].length + 1))) {
    const note = /^\s*\/\*\* ?(.*?)(?: ?\*\/)?$/.exec(line) ?? /^\s*\* (.*?)(?: ?\*\/)?$/.exec(line);
    if (note !== null) comment = /^\s*\/\*\*/.test(line) ? note[1]! : `${comment} ${note[1]!}`;
    const member = /^ {2}(?:readonly )?(\w+)\??(?:: (.*)|(\(.*));$/.exec(line);
    if (member === null) continue;
    const [, name, type, call] = member;
    found.push({ name: name!, type: type ?? call!, says: comment.trim() });
    comment = "";
  }
  return found;
}

function linesUntilClosed(text: string): readonly string[] {
  const lines = text.split("\n");
  return lines.slice(
    0,
    lines.findIndex((line) => line.startsWith("}")),
  );
}
