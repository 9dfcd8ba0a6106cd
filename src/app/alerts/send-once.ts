import { secondMs } from "../../base/time.ts";
import type { AlertChannel, AlertMessage } from "../../ports/alert-channel.ts";
import type { Clock } from "../../ports/clock.ts";

const sendMsMax = 20 * secondMs;

/** Sends a message; null when it arrived, else why not. */
export async function sendOnce(
  channel: AlertChannel,
  message: AlertMessage,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | null> {
  const deadline = new AbortController();
  const stop = clock.schedule(sendMsMax, () =>
    deadline.abort(new Error(`no answer within ${sendMsMax / secondMs} s`)),
  );
  try {
    await channel.send(message, AbortSignal.any([deadline.signal, signal]));
    return null;
  } catch (error) {
    // What was cut off at its deadline fails with words of its own.
    const said: unknown = deadline.signal.aborted ? deadline.signal.reason : error;
    const cause = said instanceof Error && said.cause instanceof Error ? `: ${said.cause.message}` : "";
    return said instanceof Error ? `${said.message}${cause}` : String(said);
  } finally {
    stop();
  }
}
