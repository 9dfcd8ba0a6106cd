import {
  createPostgresBackend,
  Queue,
  QueueEvents,
  Worker,
  type IQueueBackend,
  type ConnectionOptions,
  type Processor,
  type WorkerOptions,
} from "bullmq";

/** The queue that all searches and all workers of a server share. */
const queueName = "kiwi-trials";
/** Everything of ours in a database: nothing else there is touched. */
const schema = "kiwi_queue";

/** What a piece of work is on its way. */
export type QueuedText = { readonly text: string };
type Process = Processor<QueuedText, string>;
type Serving = Omit<WorkerOptions, "connection" | "prefix">;

/** What both kinds of server can do of a class of the queue, and how its errors are heard. */
type Heard = {
  readonly on: (event: "error", hear: (error: Error) => void) => unknown;
  readonly setMaxListeners: (count: number) => unknown;
  readonly waitUntilReady: () => Promise<unknown>;
  readonly close: () => Promise<unknown>;
};

/** Where pieces are put. */
export type TrialQueue = Heard &
  Pick<Queue<QueuedText, string>, "add" | "remove" | "getJob" | "getWorkersCount"> & {
    readonly getBackend: () => Pick<IQueueBackend, "setQueueMeta">;
  };

/** Where it is heard what became of them. */
type TrialEvents = Heard & {
  readonly on: (
    event: "completed" | "failed",
    hear: (told: {
      readonly jobId: string;
      readonly returnvalue?: unknown;
      readonly failedReason?: string;
    }) => void,
  ) => unknown;
};

/** A server that keeps the queue. Both keep it by the same rules, so nobody else asks which it is. */
export type QueueServer = {
  readonly name: "Redis" | "PostgreSQL";
  readonly openQueue: () => TrialQueue;
  readonly openEvents: () => TrialEvents;
  readonly openWorker: (process: Process, options: Serving) => Heard;
};

/** The server at an address: `redis://`, `rediss://`, `postgres://` or `postgresql://`. */
export function queueServerAt(url: string): QueueServer {
  return url.startsWith("postgres") ? postgresAt(url) : redisAt(url);
}

function redisAt(url: string): QueueServer {
  const connection = redisConnection(url);
  return {
    name: "Redis",
    openQueue: () => new Queue(queueName, { connection }),
    openEvents: () => new QueueEvents(queueName, { connection }),
    openWorker: (process, options) => new Worker(queueName, process, { connection, ...options }),
  };
}

/** Whoever comes first lays the tables, in a transaction of its own. */
function postgresAt(connectionString: string): QueueServer {
  const connection = { connectionString, schema, migrate: true };
  return {
    name: "PostgreSQL",
    openQueue: () => new Queue(queueName, { connection }, createPostgresBackend),
    openEvents: () => new QueueEvents(queueName, { connection }, createPostgresBackend),
    openWorker: (process, options) =>
      new Worker(queueName, process, { connection, ...options }, createPostgresBackend),
  };
}

/** Connected to again and again, less often with time, at least every two seconds. */
function redisConnection(url: string): ConnectionOptions {
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
