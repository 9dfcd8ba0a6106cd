import { storeDamaged, storeFault, writeFault } from "../bars/bar-store-errors.ts";
import { shellWord } from "../../../base/shell-word.ts";

/** Does some work on the database and tells people what its failures mean. */
export async function guarded<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = (cause as { code?: string } | null)?.code ?? "";
    if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
      const fix = `mv ${shellWord(name)} ${shellWord(`${name}.damaged`)}   (then fetch the news again)`;
      throw storeDamaged(
        name,
        (cause as Error).message,
        "the news in it cannot be read; bars are elsewhere",
        fix,
        cause,
      );
    }
    if (code.startsWith("SQLITE_BUSY")) {
      throw storeFault(
        {
          code: "STORE_LOCKED",
          exit: "data",
          message: `the news ${name} are being written by another process`,
          why: "they stayed locked for longer than any write takes",
          fix: `run the same command again, or find who holds them: fuser ${name}`,
        },
        cause,
      );
    }
    throw writeFault(name, cause);
  }
}
