import { KiwiError } from "../../base/errors.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DivergenceChange } from "./divergence-watch.ts";
import type { FailoverPolicy } from "./failover-policy.ts";
import { ProviderHealth } from "./provider-health.ts";
import type { ProviderPart } from "./provider-part.ts";

/** Why another provider took over. */
export type SwitchReason = "stale" | "failing" | "refused" | "wrong-data" | "score" | "recovered";

/** What is wrong with a provider, by kind and in words. */
export type ProviderTrouble = { readonly reason: SwitchReason; readonly why: string };

/** What a person or a log should know about. `atMs` is the clock of the machine. */
export type FailoverEvent =
  | {
      readonly kind: "switched";
      readonly atMs: number;
      readonly from: string;
      readonly to: string;
      readonly reason: SwitchReason;
      readonly why: string;
    }
  /** The active provider is in trouble, and no other one is known to be better. */
  | { readonly kind: "no-provider"; readonly atMs: number; readonly active: string; readonly why: string }
  | { readonly kind: "fetch-failed"; readonly atMs: number; readonly provider: string; readonly why: string }
  | (DivergenceChange & { readonly atMs: number });

/** One of the providers and how it does. */
export type PoolMember = {
  readonly index: number;
  readonly name: string;
  readonly part: ProviderPart;
  readonly health: ProviderHealth;
  quarantined: number;
};

/** A running stream over the providers: what the pool asks to decide who is active. */
export interface PooledStream {
  /** What is wrong with a provider in this stream; null when nothing is known. */
  troubleOf(index: number): ProviderTrouble | null;
  /** `good`: bars come from it now. `untested`: nobody listened to it. `bad`: anything else. */
  conditionOf(index: number): "good" | "untested" | "bad";
  /** Whether it has been good for as long as the policy wants before going back to it. */
  isSteady(index: number): boolean;
  /** Opens and closes subscriptions: these providers are to be listened to. */
  listenTo(indexes: ReadonlySet<number>): void;
  /** Another provider is active from now on. */
  follow(): void;
}

/** The providers in order of preference, and which of them is active. */
export class ProviderPool {
  readonly members: readonly PoolMember[];
  readonly clock: Clock;
  readonly policy: FailoverPolicy;
  activeIndex = 0;
  private readonly streams = new Set<PooledStream>();
  private readonly onEvent: (event: FailoverEvent) => void;
  private isReviewing = false;
  private isStirred = false;
  private isTold = false;
  private cancelWatch: (() => void) | null = null;

  /** Throws `PROVIDERS_UNFIT` without providers, or when two have one name. */
  constructor(
    parts: readonly ProviderPart[],
    clock: Clock,
    policy: FailoverPolicy,
    onEvent: (event: FailoverEvent) => void,
  ) {
    checkNames(parts.map(({ source }) => source.name));
    this.members = parts.map((part, index) => ({
      index,
      name: part.source.name,
      part,
      health: new ProviderHealth(),
      quarantined: 0,
    }));
    this.clock = clock;
    this.policy = policy;
    this.onEvent = onEvent;
  }

  get active(): PoolMember {
    return this.members[this.activeIndex]!;
  }

  /** Those that offer a timeframe: the active one first, the others by preference. */
  candidatesFor(timeframe: Timeframe): readonly PoolMember[] {
    const offering = this.members.filter(({ part }) =>
      part.source.capabilities.timeframes.includes(timeframe),
    );
    return offering.toSorted((a, b) => Number(b === this.active) - Number(a === this.active));
  }

  /** Tells whoever listens. */
  tell(event: FailoverEvent): void {
    this.onEvent(event);
  }

  /** Adds a stream; while there are streams, they decide who is active. */
  join(stream: PooledStream): void {
    this.streams.add(stream);
    this.review();
    if (this.streams.size === 1) this.watch();
  }

  /** Takes a stream out. */
  leave(stream: PooledStream): void {
    this.streams.delete(stream);
    if (this.streams.size > 0) return;
    this.cancelWatch?.();
    this.cancelWatch = null;
  }

  /** Looks at all providers and switches where the policy says so. */
  review(): void {
    // What a review opens or leaves makes streams speak at once, and that asks for another look.
    this.isStirred = true;
    if (this.isReviewing) return;
    this.isReviewing = true;
    for (let looks = 0; this.isStirred && looks <= 2 * this.members.length; looks++) {
      this.isStirred = false;
      if (this.streams.size > 0) this.look();
    }
    this.isReviewing = false;
  }

  /** Without streams the scores of past fetches decide. */
  reviewScores(): void {
    if (this.streams.size > 0) return;
    const nowMs = this.clock.nowMs();
    const { scoreMin, failBackMs, failBackScoreMin } = this.policy;
    const scoreOf = ({ health }: PoolMember): number => health.score(nowMs);
    const healed = this.members
      .slice(0, this.activeIndex)
      .find((one) => nowMs - one.health.lastFailureMs >= failBackMs && scoreOf(one) >= failBackScoreMin);
    if (healed !== undefined) return this.switchTo(healed.index, recovered(healed));
    const best = this.members.toSorted((a, b) => scoreOf(b) - scoreOf(a))[0]!;
    if (scoreOf(this.active) >= scoreMin || scoreOf(best) <= scoreOf(this.active)) return;
    this.switchTo(best.index, lowScore(this.active, nowMs));
  }

  private look(): void {
    const trouble = this.troubleOf(this.activeIndex);
    this.listen(trouble !== null);
    if (trouble === null) this.returnToPreferred();
    else this.leaveActive(trouble);
  }

  private watch(): void {
    this.cancelWatch = this.clock.schedule(this.policy.watchMs, () => {
      this.review();
      if (this.streams.size > 0) this.watch();
    });
  }

  private troubleOf(index: number): ProviderTrouble | null {
    for (const stream of this.streams) {
      const trouble = stream.troubleOf(index);
      if (trouble !== null) return trouble;
    }
    return null;
  }

  /** Preferred ones are always listened to, to know when to go back; the rest to compare, or in need. */
  private listen(isInNeed: boolean): void {
    const wanted = new Set(this.members.slice(0, this.activeIndex + 1).map(({ index }) => index));
    if (this.policy.compare && wanted.size === 1 && this.members.length > 1) wanted.add(1);
    if (isInNeed) for (const { index } of this.members) wanted.add(index);
    // Untested ones are kept so: a switch opens them, and until then it can tell them from bad ones.
    for (const { index } of this.members) {
      if (isInNeed && this.isEverywhere(index, "untested")) wanted.delete(index);
    }
    for (const stream of this.streams) stream.listenTo(wanted);
  }

  private leaveActive(trouble: ProviderTrouble): void {
    const others = this.members.filter(({ index }) => index !== this.activeIndex);
    const next =
      others.find(({ index }) => this.isEverywhere(index, "good")) ??
      others.find(({ index }) => this.isEverywhere(index, "untested"));
    if (next !== undefined) return this.switchTo(next.index, trouble);
    if (this.isTold) return;
    this.isTold = true;
    this.tell({
      kind: "no-provider",
      atMs: this.clock.nowMs(),
      active: this.active.name,
      why: trouble.why,
    });
  }

  private returnToPreferred(): void {
    this.isTold = false;
    const nowMs = this.clock.nowMs();
    const steady = this.members
      .slice(0, this.activeIndex)
      .find(
        ({ index, health }) =>
          health.score(nowMs) >= this.policy.failBackScoreMin &&
          [...this.streams].every((stream) => stream.isSteady(index)),
      );
    if (steady !== undefined) this.switchTo(steady.index, recovered(steady));
  }

  private isEverywhere(index: number, condition: "good" | "untested"): boolean {
    return [...this.streams].every((stream) => stream.conditionOf(index) === condition);
  }

  private switchTo(index: number, { reason, why }: ProviderTrouble): void {
    const from = this.active.name;
    this.activeIndex = index;
    this.isTold = false;
    this.tell({ kind: "switched", atMs: this.clock.nowMs(), from, to: this.active.name, reason, why });
    if (this.streams.size > 0) this.listen(false);
    for (const stream of this.streams) stream.follow();
  }
}

function recovered({ name }: PoolMember): ProviderTrouble {
  return { reason: "recovered", why: `${name} is preferred and has been well for long enough` };
}

function lowScore({ name, health }: PoolMember, nowMs: number): ProviderTrouble {
  const last = health.lastFailure === null ? "" : `; the last failure: ${health.lastFailure}`;
  return { reason: "score", why: `${name} scores ${health.score(nowMs).toFixed(2)}${last}` };
}

function checkNames(names: readonly string[]): void {
  const twice = names.find((name, k) => names.indexOf(name) !== k);
  if (names.length > 0 && twice === undefined) return;
  throw new KiwiError({
    code: "PROVIDERS_UNFIT",
    exit: "config",
    message: twice === undefined ? "no data provider was given" : `two data providers are called "${twice}"`,
    why: "bars are remembered under the name of the provider that sent them",
    fix: "name each provider once, the preferred one first",
    topic: "sources",
  });
}
