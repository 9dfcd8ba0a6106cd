import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { textOf } from "../../robot/whole-file.ts";

const record = z.discriminatedUnion("kind", [
  /** A message was read: it is never taken again. On the disk before anything is done. */
  z.object({
    kind: z.literal("heard"),
    id: z.number(),
    atMs: z.number(),
    chat: z.string(),
    from: z.string(),
    text: z.string(),
    isAllowed: z.boolean(),
  }),
  /** What came of it, in the words of the answer. */
  z.object({ kind: z.literal("done"), id: z.number(), atMs: z.number(), answer: z.string() }),
  /** The answer has reached the chat. */
  z.object({ kind: z.literal("told"), id: z.number(), atMs: z.number() }),
  /** Somebody was asked whether he means it. */
  z.object({
    kind: z.literal("asked"),
    id: z.number(),
    atMs: z.number(),
    chat: z.string(),
    command: z.string(),
    code: z.string(),
  }),
]);
/** One line of what was said in chats. */
export type ChatRecord = z.output<typeof record>;
/** A message as it was read. */
export type Heard = Extract<ChatRecord, { kind: "heard" }>;
/** A question that waits for its code. */
type Asked = Extract<ChatRecord, { kind: "asked" }>;

/**
 * What was said to one bot and done for it: an append-only file, each line on the disk before the next thing happens. It
 * is the audit, and what a restart goes on from.
 */
export class ChatLog {
  private readonly path: string;
  private readonly records: ChatRecord[];
  /** Whether the file ends inside a line: a crash cut it short, and the next one must not go on in it. */
  private isTorn: boolean;

  constructor(home: string, inbox: string) {
    const folder = join(home, "chats");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.path = join(folder, `${inbox}.jsonl`);
    const text = textOf(this.path) ?? "";
    this.records = text.split("\n").flatMap(recordIn);
    this.isTorn = text !== "" && !text.endsWith("\n");
  }

  /** The largest message that was heard; 0 before the first. */
  get lastId(): number {
    return this.records.reduce((last, one) => Math.max(last, one.kind === "heard" ? one.id : 0), 0);
  }

  /** Messages of which nothing came, or of which nobody was told: somebody ended in between. Oldest first. */
  unfinished(): readonly { readonly heard: Heard; readonly answer: string | null }[] {
    const answers = new Map<number, string>();
    const told = new Set<number>();
    for (const one of this.records)
      if (one.kind === "done") answers.set(one.id, one.answer);
      else if (one.kind === "told") told.add(one.id);
    return this.records.flatMap((one) =>
      one.kind === "heard" && !told.has(one.id) ? [{ heard: one, answer: answers.get(one.id) ?? null }] : [],
    );
  }

  /** What a chat was asked last, where that was not answered with its code before message `id`. */
  openQuestion({ chat, id }: Pick<Heard, "chat" | "id">): Asked | null {
    const asked = this.records.findLast((one): one is Asked => one.kind === "asked" && one.chat === chat);
    if (asked === undefined) return null;
    const isUsed = this.records.some(
      (one) =>
        one.kind === "heard" &&
        one.chat === chat &&
        one.id > asked.id &&
        one.id < id &&
        one.text.includes(asked.code),
    );
    return isUsed ? null : asked;
  }

  append(one: ChatRecord): void {
    const file = openSync(this.path, "a", 0o600);
    try {
      writeSync(file, `${this.isTorn ? "\n" : ""}${JSON.stringify(one)}\n`);
      this.isTorn = false;
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    this.records.push(one);
  }
}

/** A line that was cut short by a crash is no record; whatever it said has not been done. */
function recordIn(line: string): readonly ChatRecord[] {
  try {
    return [record.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}
