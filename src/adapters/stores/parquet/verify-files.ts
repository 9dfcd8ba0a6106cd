import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { KiwiError } from "../../../base/errors.ts";
import { formatTime } from "../../../base/time.ts";
import { isMissing, readFault, storeDamaged } from "../bars/bar-store-errors.ts";
import type { BarFile } from "./series-manifest.ts";

/** What is wrong with a file, or null. Throws `STORE_NOT_READABLE`. */
export async function faultOf(folder: string, file: BarFile): Promise<string | null> {
  const path = join(folder, file.name);
  try {
    const bytes = await readFile(path);
    if (bytes.length !== file.bytes) return `it has ${bytes.length} bytes instead of ${file.bytes}`;
    return crc32(bytes) === file.crc32 ? null : "its bytes contradict its checksum";
  } catch (cause) {
    if (isMissing(cause)) return "it is missing";
    throw readFault(path, cause);
  }
}

/** Checks the files of a folder against their checksums, each once: they never change under the same name. */
export class FileVerifier {
  private sound: ReadonlySet<string> = new Set();

  /** Throws `STORE_DAMAGED` if one of `files` is not as it was written; `all` are those of the folder. */
  async verify(
    folder: string,
    files: readonly BarFile[],
    all: readonly BarFile[],
    repair: string,
  ): Promise<void> {
    const sound = new Set(all.filter(({ name }) => this.sound.has(name)).map(({ name }) => name));
    for (const file of files) {
      if (sound.has(file.name)) continue;
      const fault = await faultOf(folder, file);
      if (fault !== null) throw await damaged(folder, file, fault, all, repair);
      sound.add(file.name);
    }
    this.sound = sound;
  }
}

async function damaged(
  folder: string,
  file: BarFile,
  fault: string,
  all: readonly BarFile[],
  repair: string,
): Promise<KiwiError> {
  const faults = await Promise.all(all.map((other) => faultOf(folder, other)));
  const whole = all.filter((_, index) => faults[index] === null);
  const rows = whole.reduce((sum, each) => sum + each.rows, 0);
  const [fromMs, toMs] = file.closeTimeMs;
  return storeDamaged(
    join(folder, file.name),
    `${fault}; it held ${file.rows} bars from ${formatTime(fromMs)} to ${formatTime(toMs)}`,
    `${whole.length} of ${all.length} files with ${rows} bars are whole and stay readable outside that range`,
    `${repair}   (sets the damaged file aside; then download that range again)`,
  );
}
