import type { BrokerConnection } from "../../ports/broker-connection.ts";
import type { AccountRecord } from "./account-record.ts";
import { connectDemo } from "./demo-connection.ts";

/** The line to the venue of an account that was traded here, from what was noted of it then. */
export function reachBroker(
  { broker }: AccountRecord,
  _env: Readonly<Record<string, string | undefined>>,
): Promise<BrokerConnection> {
  const { port, startWallMs } = broker;
  return Promise.resolve(connectDemo({ port: Number(port), startWallMs: Number(startWallMs) }));
}
