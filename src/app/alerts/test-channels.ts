import { systemClock } from "../../adapters/system-clock.ts";
import type { AlertChannel } from "../../ports/alert-channel.ts";
import { sendOnce } from "./alert-service.ts";

/** What became of a message over a channel; `why` is null where it arrived. */
export type Tested = { readonly channel: string; readonly delivered: boolean; readonly why: string | null };

/** Sends a message that says it is a test over every channel. */
export async function testChannels(channels: ReadonlyMap<string, AlertChannel>): Promise<readonly Tested[]> {
  const message = {
    id: "",
    severity: "info",
    title: "this is a test",
    text: "If you can read this, alerts reach you.",
    atMs: systemClock.nowMs(),
    count: 1,
    sender: "kiwi",
  } as const;
  const never = new AbortController().signal;
  return Promise.all(
    [...channels].map(async ([channel, open]) => {
      const why = await sendOnce(open, message, systemClock, never);
      return { channel, delivered: why === null, why };
    }),
  );
}
