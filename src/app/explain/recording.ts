import type { ExecutionReport, OrderId } from "../../domain/order.ts";
import { RiskGate, type NamedRule } from "../../engine/execution/risk-gate.ts";
import type { Session } from "../../engine/session.ts";
import type { RiskVerdict } from "../../ports/risk.ts";
import type { BacktestSetup, Ground } from "../session/backtest-setup.ts";
import { buildSession } from "../session/build-session.ts";
import { riskRules } from "../session/risk-rules.ts";

/** What a rule answered to which order. */
export type HeardVerdict = {
  readonly rule: string;
  /** Its place among the rules of the run: two may have one name. */
  readonly place: number;
  readonly orderId: OrderId;
  readonly instrument: number;
  readonly verdict: RiskVerdict;
};

/** A session that runs as it would, and remembers what its gate and its broker said since `clear`. */
export type RecordingSession = {
  readonly session: Session;
  readonly verdicts: readonly HeardVerdict[];
  readonly reports: readonly ExecutionReport[];
  readonly clear: () => void;
};

/** Builds the session of a setup with ears on its risk rules and its broker. */
export function recordingSession(setup: BacktestSetup, ground: Ground): RecordingSession {
  const verdicts: HeardVerdict[] = [];
  const reports: ExecutionReport[] = [];
  const session = buildSession(setup, ground);
  const { calendars } = ground;
  const { broker } = session;
  return {
    session: {
      ...session,
      risk: new RiskGate(
        { instruments: ground.instruments, bars: ground.bars },
        (market) =>
          riskRules(setup.config, { market, calendars }, setup.registry).map((rule, place) =>
            heard(rule, place, verdicts),
          ),
        session.pipeline,
      ),
      broker: {
        submit: (order) => broker.submit(order),
        cancel: (order) => broker.cancel(order),
        modify: (order) => broker.modify(order),
        get hasAnswers() {
          return broker.hasAnswers;
        },
        advance(slice) {
          const answer = broker.advance(slice);
          reports.push(...answer);
          return answer;
        },
        quietUntil: (from, to) => broker.quietUntil(from, to),
      },
    },
    verdicts,
    reports,
    clear() {
      verdicts.length = 0;
      reports.length = 0;
    },
  };
}

function heard({ name, rule }: NamedRule, place: number, verdicts: HeardVerdict[]): NamedRule {
  return {
    name,
    rule: {
      ...(rule.observe === undefined
        ? {}
        : { observe: (slice, portfolio) => rule.observe!(slice, portfolio) }),
      ...(rule.check === undefined
        ? {}
        : {
            check(order, context) {
              const verdict = rule.check!(order, context);
              verdicts.push({ rule: name, place, orderId: order.id, instrument: order.instrument, verdict });
              return verdict;
            },
          }),
    },
  };
}
