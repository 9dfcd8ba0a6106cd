import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { folderReadOnly } from "./terminal-errors.ts";

/** What a look at a file gives. A file in use or half written is `busy`: look again. */
export type FileLook =
  | { readonly kind: "json"; readonly value: unknown; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "busy"; readonly reason: string };

/** The folder that terminal and robot share. Either may catch the other in the middle of a write. */
export class TerminalFiles {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Reads a file as JSON. The terminal cuts a file to nothing before it fills it. */
  async look(name: string): Promise<FileLook> {
    let text: string;
    try {
      text = decode(await readFile(join(this.folder, name)));
    } catch (error) {
      return isMissing(error) ? { kind: "absent" } : { kind: "busy", reason: `${name} is in use` };
    }
    try {
      return { kind: "json", value: JSON.parse(text) as unknown, text };
    } catch {
      return { kind: "busy", reason: `${name} is half written` };
    }
  }

  /** Puts a file there whole, so that the terminal never reads half a command. Throws `TERMINAL_FOLDER_READ_ONLY`. */
  async put(name: string, text: string): Promise<void> {
    const aside = join(this.folder, `${name}.partial`);
    try {
      await writeFile(aside, text);
      await rename(aside, join(this.folder, name));
    } catch (error) {
      throw folderReadOnly(this.folder, String((error as { code?: unknown }).code));
    }
  }

  async exists(name: string): Promise<boolean> {
    return (await this.changedMs(name)) !== null;
  }

  /** When a file was last written, by the file system's clock; null when it is not there. */
  async changedMs(name: string): Promise<number | null> {
    return stat(join(this.folder, name)).then(
      ({ mtimeMs }) => mtimeMs,
      () => null,
    );
  }

  /** Takes a file away; false while it is in use. */
  async remove(name: string): Promise<boolean> {
    return rm(join(this.folder, name), { force: true }).then(
      () => true,
      () => false,
    );
  }
}

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "ENOENT";
}

/** MetaTrader writes text as UTF-16 with a mark, or in the code page of Windows; JSON of ours is ASCII but for names. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString("utf16le");
  return bytes.toString("utf8").replace(/^\uFEFF/, "");
}
