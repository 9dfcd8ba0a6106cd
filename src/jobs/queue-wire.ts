import type { ConnectionOptions } from "bullmq";

/** The queue that all searches and all workers of a server share. */
export const queueName = "kiwi-trials";

/** What a worker answers: its result, or the error of the job, which is an answer too. */
export type QueueAnswer =
  | { readonly kind: "done"; readonly result: unknown }
  | { readonly kind: "failed"; readonly failure: unknown };

/** How a server is connected to: again and again, less often with time, at least every two seconds. */
export function connectionOf(url: string): ConnectionOptions {
  const { hostname, port, username, password, pathname, protocol } = new URL(url);
  return {
    host: hostname,
    port: port === "" ? 6379 : Number(port),
    ...(username === "" ? {} : { username: decodeURIComponent(username) }),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
    ...(pathname.length > 1 ? { db: Number(pathname.slice(1)) } : {}),
    ...(protocol === "rediss:" ? { tls: {} } : {}),
    maxRetriesPerRequest: null,
    retryStrategy: (attempt: number) => Math.min(2_000, 50 * attempt),
  };
}
