import { readFile } from "node:fs/promises";
import { z } from "zod";
import { joinRanges } from "../../../data/pipeline/time-ranges.ts";
import type { TimeRange } from "../../../ports/fetched-ranges.ts";
import { isMissing, readFault, storeDamaged } from "../bars/bar-store-errors.ts";
import { replaceFile } from "../bars/durable-files.ts";
import { shellWord } from "../../../base/shell-word.ts";

/** What a store knows of a series besides its bars. */
export type SeriesNotes = {
  /** Ranges that lack bars, sorted and joined. */
  readonly missing: readonly TimeRange[];
  /** Whose bars the series holds; null where that was never written down. */
  readonly sources: readonly string[] | null;
  /** When the symbol trades, as the first source that knew it has said. */
  readonly calendarName: string | null;
};

const nothing: SeriesNotes = { missing: [], sources: null, calendarName: null };

const content = z.object({
  missing: z.array(z.tuple([z.number(), z.number()])),
  sources: z.array(z.string()).nullable(),
  calendarName: z.string().nullable(),
});

/** Reads the notes of a series from a small file beside it. Throws `STORE_DAMAGED` and `STORE_NOT_READABLE`. */
export async function readNotes(path: string): Promise<SeriesNotes> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return nothing;
    throw readFault(path, cause);
  }
  const found = content.safeParse(parsed(text));
  if (found.success) {
    const { missing, ...rest } = found.data;
    return { ...rest, missing: missing.map(([fromMs, toMs]) => ({ fromMs, toMs })) };
  }
  throw storeDamaged(
    path,
    "it is not what was written",
    "it says which bars are known to be missing; the bars themselves are in another file and not touched by this",
    `rm ${shellWord(path)}   (then compare with a source: kiwi data repair SYMBOL --source NAME)`,
  );
}

/** Writes the notes of a series, whole or not at all. */
export async function writeNotes(path: string, notes: SeriesNotes): Promise<void> {
  const missing = joinRanges(notes.missing).map(({ fromMs, toMs }) => [fromMs, toMs]);
  await replaceFile(path, [`${JSON.stringify({ ...notes, missing })}\n`]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
