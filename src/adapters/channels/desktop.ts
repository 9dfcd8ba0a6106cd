import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { defineChannel } from "../../ports/alert-channel.ts";
import { bodyOf, subjectOf } from "./message-text.ts";

const run = promisify(execFile);

/** A notice on the desktop of this machine; texts are arguments, never part of a command line. */
export const desktop = defineChannel({
  name: "desktop",
  summary: "Shows a notice on this machine's desktop (notify-send, osascript).",
  options: z.strictObject({}),
  credentials: [],
  open: () => ({
    async send(message, signal) {
      const [title, text] = [subjectOf(message), bodyOf(message)];
      const [program, args] =
        process.platform === "darwin"
          ? ["osascript", ["-e", notice, title, text]]
          : [
              "notify-send",
              [`--urgency=${message.severity === "critical" ? "critical" : "normal"}`, "--", title, text],
            ];
      await run(program as string, args as string[], { signal, timeout: 10_000 });
    },
  }),
});

const notice = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run";
