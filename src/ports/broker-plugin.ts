import type { z } from "zod";
import type { Prng } from "../base/prng.ts";
import type { BrokerConnection } from "./broker-connection.ts";
import type { Clock } from "./clock.ts";
import type { CredentialNeed, Credentials } from "./credentials.ts";

/** What is traded with: play money at the venue or here, or money. */
export type TradingMode = "paper" | "live";

/** What a broker gets from outside when it is made: it asks neither the environment nor the clock itself. */
export type BrokerTools = {
  readonly mode: TradingMode;
  readonly clock: Clock;
  readonly prng: Prng;
  readonly credentials: Credentials;
  /** Relative paths start here. */
  readonly folder: string;
};

/** A venue that takes orders, as a plug-in: its options are those of a broker in the configuration. */
export type BrokerPlugin<Options = Readonly<Record<string, unknown>>> = {
  readonly kind: "broker";
  readonly name: string;
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  /** Secrets that it can use, with the variables that are looked at by default. */
  readonly credentials: readonly CredentialNeed[];
  /**
   * Makes the connection; nothing is sent before its `open`. Throws `BROKER_MODE_MISMATCH` when host, keys or port are
   * not those of the mode.
   */
  readonly connect: (options: Options, tools: BrokerTools) => BrokerConnection;
};
