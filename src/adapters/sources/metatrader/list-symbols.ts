import type { SymbolInfo } from "../../../ports/bar-source.ts";
import { bridgeTooSmall } from "./terminal-errors.ts";
import { symbolsSchema, toSymbols } from "./terminal-messages.ts";
import type { Terminal } from "./terminal.ts";

/** What the broker trades. Only our own bridge can say: throws `BRIDGE_LACKS_COMMAND` with another one. */
export async function listSymbols(
  terminal: Terminal,
  calendarName: string,
  signal?: AbortSignal,
): Promise<readonly SymbolInfo[]> {
  // Another bridge passes over a command that it does not know without a word.
  if ((await terminal.heartbeat(signal)) === null) throw bridgeTooSmall("list the broker's symbols");
  return terminal.ask(
    {
      what: "the list of symbols",
      command: "GET_SYMBOLS",
      content: "",
      answerFile: "DWX_Symbols.txt",
      read: (value) => {
        const parsed = symbolsSchema.safeParse(value);
        return parsed.success
          ? { kind: "answer", value: toSymbols(parsed.data, calendarName) }
          : { kind: "retry", reason: "an answer of another shape" };
      },
      hear: () => null,
    },
    signal,
  );
}
