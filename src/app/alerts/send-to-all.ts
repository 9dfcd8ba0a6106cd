import { systemClock } from "../../adapters/system-clock.ts";
import type { AlertChannel, AlertMessage } from "../../ports/alert-channel.ts";
import { sendOnce } from "./send-once.ts";

/** What became of a message over a channel; `why` is null where it arrived. */
export type Sent = { readonly channel: string; readonly delivered: boolean; readonly why: string | null };

/** Sends a message over every channel, once, and says what became of it. */
export async function sendToAll(
  channels: ReadonlyMap<string, AlertChannel>,
  message: AlertMessage,
): Promise<readonly Sent[]> {
  const never = new AbortController().signal;
  return Promise.all(
    [...channels].map(async ([channel, open]) => {
      const why = await sendOnce(open, message, systemClock, never);
      return { channel, delivered: why === null, why };
    }),
  );
}

/** A message that says it is a test. */
export function testMessage(): AlertMessage {
  return {
    id: "",
    severity: "info",
    title: "this is a test",
    text: "If you can read this, alerts reach you.",
    atMs: systemClock.nowMs(),
    count: 1,
    sender: "kiwi",
  };
}
