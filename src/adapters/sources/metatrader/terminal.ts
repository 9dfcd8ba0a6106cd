import { formatDuration } from "../../../base/time.ts";
import type { KiwiError } from "../../../base/errors.ts";
import type { Prng } from "../../../base/prng.ts";
import { sleep } from "../../../ports/clock.ts";
import { backoffMs, type RetryPolicy } from "../../shared/backoff.ts";
import { gaveUp } from "../../shared/call-errors.ts";
import { checkHeartbeat, type HeartbeatOptions } from "./check-heartbeat.ts";
import { notRunning } from "./terminal-errors.ts";
import type { FileLook } from "./terminal-files.ts";
import { messagesSchema, type Heartbeat, type TerminalMessage } from "./terminal-messages.ts";

const messagesFile = "DWX_Messages.txt";

/** What an answer, or a message of the bridge, means for a question. */
export type Heard<T> =
  | { readonly kind: "answer"; readonly value: T }
  | { readonly kind: "retry"; readonly reason: string }
  | { readonly kind: "refuse"; readonly error: KiwiError | (() => Promise<KiwiError>) };

/** A command, and how its answer is known. */
export type Question<T> = {
  /** For messages: `EURUSD 1m bars from 2024-01-01`. */
  readonly what: string;
  readonly command: string;
  readonly content: string;
  /** Where the answer will lie; null where a message is the answer. */
  readonly answerFile: string | null;
  /** Reads the answer file; null while it holds something else. */
  readonly read: (value: unknown) => Heard<T> | null;
  /** Reads a new message; null when it is about something else. */
  readonly hear: (message: TerminalMessage) => Heard<T> | null;
};

export type TerminalOptions = HeartbeatOptions & {
  readonly prng: Prng;
  readonly policy: RetryPolicy;
  /** How long a command may lie before the bridge takes it. */
  readonly pickupMsMax: number;
  /** How long an answer may take: the terminal may have to load it from the broker. */
  readonly answerMsMax: number;
};

/** A MetaTrader terminal behind a folder: commands go in as files, answers come back as files. */
export class Terminal {
  private readonly options: TerminalOptions;
  private lastTurn: Promise<unknown> = Promise.resolve();
  private commandId: number;

  constructor(options: TerminalOptions) {
    this.options = options;
    // The bridge refuses a number that it has seen, also from our last run: time goes on between runs.
    this.commandId = Math.floor(options.clock.nowMs() / 100) % 2_000_000_000;
  }

  /** The answer to a question, asked as often as the policy allows. Throws `KiwiError`. */
  async ask<T>(question: Question<T>, signal?: AbortSignal): Promise<T> {
    const { policy, clock, prng } = this.options;
    let reason = "";
    for (let attempt = 0; attempt < policy.attemptsMax; attempt++) {
      if (attempt > 0) await sleep(clock, backoffMs(attempt - 1, policy, prng), signal);
      const heard = await this.inTurn(() => this.askOnce(question, signal));
      if (heard.kind === "answer") return heard.value;
      if (heard.kind === "refuse") {
        throw typeof heard.error === "function" ? await heard.error() : heard.error;
      }
      reason = heard.reason;
    }
    throw gaveUp("MetaTrader", question.what, policy.attemptsMax, reason);
  }

  /** A look at a file that the bridge writes on its own. */
  look(name: string): Promise<FileLook> {
    return this.options.files.look(name);
  }

  /** The bridge's sign of life; null where it gives none. Throws when the terminal is not to be worked with. */
  heartbeat(signal?: AbortSignal): Promise<Heartbeat | null> {
    return checkHeartbeat(this.options, signal);
  }

  /** Changes at least every few seconds while a bridge runs; null where nothing is written. */
  async pulse(): Promise<number | null> {
    return this.options.files.changedMs("DWX_Orders.txt");
  }

  private inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.lastTurn.then(run);
    this.lastTurn = turn.catch(() => {});
    return turn;
  }

  private async askOnce<T>(question: Question<T>, signal?: AbortSignal): Promise<Heard<T>> {
    const { files, clock, answerMsMax, pollMs } = this.options;
    signal?.throwIfAborted();
    await this.heartbeat(signal);
    const { answerFile } = question;
    // What lies there answers an earlier question.
    if (answerFile !== null && !(await files.remove(answerFile))) {
      return { kind: "retry", reason: `${answerFile} is in use by another program` };
    }
    const said = new Set((await this.messages()).map(([key]) => key));
    await this.give(question, signal);
    let reason = "the bridge took the command and gave no answer";
    for (const untilMs = clock.nowMs() + answerMsMax; clock.nowMs() < untilMs;) {
      const look: FileLook = answerFile === null ? { kind: "absent" } : await files.look(answerFile);
      const answer = look.kind === "json" ? question.read(look.value) : null;
      if (answer !== null) return answer;
      if (look.kind === "busy") reason = look.reason;
      for (const [key, message] of await this.messages()) {
        const heard = said.has(key) ? null : question.hear(message);
        if (heard !== null) return heard;
        said.add(key);
      }
      await sleep(clock, pollMs, signal);
    }
    return { kind: "retry", reason: `${reason} within ${formatDuration(answerMsMax)}` };
  }

  /** Lays the command down and waits until the bridge has taken it. One at a time: answers carry no number. */
  private async give({ command, content }: Question<unknown>, signal?: AbortSignal): Promise<void> {
    const { files, clock, pickupMsMax, pollMs } = this.options;
    this.commandId += 1;
    const untilMs = clock.nowMs() + pickupMsMax;
    const file = await files.layCommand(this.commandId, command, content);
    if (file === null) throw notRunning(pickupMsMax);
    try {
      while (await files.exists(file)) {
        if (clock.nowMs() >= untilMs) throw notRunning(pickupMsMax);
        await sleep(clock, pollMs, signal);
      }
    } catch (error) {
      // Nobody waits for it any more: it must not be carried out when the terminal starts some day.
      await files.takeBack(file);
      throw error;
    }
  }

  /** Messages in the order in which they were said; each is known by its number and text. */
  private async messages(): Promise<readonly (readonly [string, TerminalMessage])[]> {
    const look = await this.options.files.look(messagesFile);
    const parsed = look.kind === "json" ? messagesSchema.safeParse(look.value).data : undefined;
    return Object.entries(parsed ?? {})
      .toSorted(([a], [b]) => Number(a) - Number(b))
      .map(([number, message]) => [`${number} ${JSON.stringify(message)}`, message]);
  }
}
