import type { ZodType } from "zod";
import type { Prng } from "../../../base/prng.ts";
import { formatDuration, secondMs } from "../../../base/time.ts";
import { sleep } from "../../../ports/clock.ts";
import { backoffMs } from "../../shared/backoff.ts";
import { gaveUp } from "../../shared/call-errors.ts";
import { checkHeartbeat, type HeartbeatOptions } from "../../sources/metatrader/check-heartbeat.ts";
import { bridgeTooSmall, notRunning } from "../../sources/metatrader/terminal-errors.ts";
import type { Heartbeat } from "../../sources/metatrader/terminal-messages.ts";
import { questionRefused } from "../shared/broker-errors.ts";
import { questionPolicy } from "../shared/question-policy.ts";
import { answerSchema, type BridgeAnswer, type BridgeCommand } from "./bridge-messages.ts";

export type BridgeOptions = HeartbeatOptions & {
  readonly prng: Prng;
  /** How long a command may lie before the bridge takes it. */
  readonly pickupMsMax: number;
  /** How long an answer may take from then on. */
  readonly answerMsMax: number;
};

/** What came of a command. */
export type BridgeReply =
  | { readonly kind: "answer"; readonly answer: BridgeAnswer }
  /** Nobody took it, and it lies there no more: it will never be carried out. */
  | { readonly kind: "not-sent"; readonly reason: string }
  /** It was taken, and nobody said what became of it. */
  | { readonly kind: "unknown"; readonly reason: string };

/** A bridge that starts is without a sign of life for a moment. */
const startMsMax = 2 * secondMs;
/** The first version of the bridge that trades. */
const tradingVersion = 2;

/** Commands to KiwiBridge that are answered under their number; several may be on their way. */
export class BridgeCaller {
  private readonly options: BridgeOptions;
  private lastId = 0;

  constructor(options: BridgeOptions) {
    this.options = options;
  }

  /** The answer to a question, of the shape of `schema`, asked as often as `questionPolicy` allows. Throws `KiwiError`. */
  async ask<T>(
    what: string,
    command: BridgeCommand,
    words: readonly (string | number)[],
    schema: ZodType<T>,
    isAnswer: (answer: BridgeAnswer) => boolean = ({ outcome }) => outcome === "ok",
  ): Promise<{ readonly value: T; readonly answer: BridgeAnswer }> {
    const { clock, prng } = this.options;
    let reason = "";
    for (let attempt = 0; attempt < questionPolicy.attemptsMax; attempt++) {
      if (attempt > 0) await sleep(clock, backoffMs(attempt - 1, questionPolicy, prng));
      const reply = await this.call(command, words);
      if (reply.kind !== "answer") {
        reason = reply.reason;
        continue;
      }
      const { answer } = reply;
      const value = schema.safeParse(answer);
      if (isAnswer(answer) && value.success) return { value: value.data, answer };
      if (answer.outcome === "malformed" || answer.outcome === "not_found")
        throw questionRefused("MetaTrader", what, answer.text);
      reason = isAnswer(answer) ? "an answer of another shape" : `${answer.text} (${answer.retcode})`;
    }
    throw gaveUp("MetaTrader", what, questionPolicy.attemptsMax, reason, "broker");
  }

  /** Lays a command down once, and waits for what is said to it. Throws where the bridge is not to be worked with. */
  async call(command: BridgeCommand, words: readonly (string | number)[]): Promise<BridgeReply> {
    const { files, clock } = this.options;
    await this.heartbeat();
    // Numbers are unique on this machine: time goes on between our runs, and two programs begin at different moments.
    this.lastId = Math.max(this.lastId + 1, clock.nowMs() * 1_000 + this.options.prng.integer(1_000));
    const id = this.lastId;
    const place = await files.layCommand(id, command, words.join(","));
    if (place === null)
      return { kind: "not-sent", reason: "the bridge takes no commands: all 50 places are full" };
    return this.waitFor(id, place);
  }

  /** The bridge's sign of life. Throws `TERMINAL_NOT_RUNNING`, `BRIDGE_LACKS_COMMAND` and what a sick terminal means. */
  async heartbeat(): Promise<Heartbeat> {
    const { clock, files, pollMs } = this.options;
    for (const untilMs = clock.nowMs() + startMsMax; ; await sleep(clock, pollMs)) {
      const heartbeat = await checkHeartbeat(this.options);
      if (heartbeat !== null && heartbeat.version < tradingVersion) throw bridgeTooSmall("trade for Kiwi");
      if (heartbeat !== null) return heartbeat;
      if (clock.nowMs() < untilMs) continue;
      throw (await files.exists("DWX_Orders.txt"))
        ? bridgeTooSmall("trade for Kiwi")
        : notRunning(startMsMax);
    }
  }

  private async waitFor(id: number, place: string): Promise<BridgeReply> {
    const { files, clock, pollMs, pickupMsMax, answerMsMax } = this.options;
    const file = `DWX_Answer_${id}.txt`;
    const laidMs = clock.nowMs();
    let isTaken = false;
    let untilMs = laidMs + pickupMsMax;
    let reason = "the bridge took the command and gave no answer";
    for (;;) {
      const look = await files.look(file);
      if (look.kind === "json") {
        await files.remove(file);
        const answer = answerSchema.safeParse(look.value);
        return answer.success
          ? { kind: "answer", answer: answer.data }
          : { kind: "unknown", reason: "the bridge gave an answer of another shape" };
      }
      if (look.kind === "busy") ({ reason } = look);
      if (!isTaken && !(await files.exists(place))) {
        isTaken = true;
        untilMs = clock.nowMs() + answerMsMax;
      }
      if (clock.nowMs() >= untilMs) {
        if (isTaken) return { kind: "unknown", reason: `${reason} within ${formatDuration(answerMsMax)}` };
        // Whoever removes the file has it: either it is ours again, or the bridge took it at this moment.
        if (await files.takeBack(place))
          return {
            kind: "not-sent",
            reason: `no bridge took the command within ${formatDuration(pickupMsMax)}`,
          };
        isTaken = true;
        untilMs = clock.nowMs() + answerMsMax;
      }
      await sleep(clock, pollMs);
    }
  }
}
