import { constants, copyFile, link, readFile, rm, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { folderReadOnly } from "./terminal-errors.ts";

/** What a look at a file gives. A file in use or half written is `busy`: look again. */
export type FileLook =
  | { readonly kind: "json"; readonly value: unknown; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "busy"; readonly reason: string };

/** The bridge takes commands from so many files. */
const commandFiles = 50;

/** The folder that terminal and robot share. Either may catch the other in the middle of a write. */
export class TerminalFiles {
  private readonly folder: string;
  private puts = 0;

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

  /**
   * Puts a file there whole, so that the terminal never reads half a command; false where one of that name lies there
   * already. Two programs that put at the same moment do not take each other's place.
   */
  private async putNew(name: string, text: string): Promise<boolean> {
    this.puts += 1;
    const aside = join(this.folder, `${name}.${process.pid}-${this.puts}.partial`);
    try {
      await writeFile(aside, text);
      await linkOrCopy(aside, join(this.folder, name));
      return true;
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === "EEXIST") return false;
      throw folderReadOnly(this.folder, String(code));
    } finally {
      await rm(aside, { force: true });
    }
  }

  /**
   * Lays a command down where the bridge looks, in the first place that is free: others may have laid one too. The name of
   * the file; null where every place is taken. Throws `TERMINAL_FOLDER_READ_ONLY`.
   */
  async layCommand(id: number, command: string, content: string): Promise<string | null> {
    for (let place = 0; place < commandFiles; place++) {
      const name = `DWX_Commands_${place}.txt`;
      if (await this.putNew(name, `<:${id}|${command}|${content}:>`)) return name;
    }
    return null;
  }

  /** Takes a file back; false where somebody else has taken it already. */
  async takeBack(name: string): Promise<boolean> {
    return unlink(join(this.folder, name)).then(
      () => true,
      () => false,
    );
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

/** A file system without links gets a copy: a hundred bytes, which are there at once or are read as half a command. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if ((error as { code?: unknown }).code === "EEXIST") throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
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
