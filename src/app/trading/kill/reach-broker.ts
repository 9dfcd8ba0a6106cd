import type { BrokerConnection } from "../../../ports/broker-connection.ts";
import { connectBroker } from "../../brokers/connect-broker.ts";
import { kiwiConfigSchema } from "../../config/config-schema.ts";
import type { AccountRecord } from "../account-record.ts";
import { connectDemo } from "../demo/demo-connection.ts";

/** The line to the venue of an account that was traded here, from what was noted of it then. */
export async function reachBroker(
  { broker, mode, folder, plugins }: AccountRecord,
  env: Readonly<Record<string, string | undefined>>,
): Promise<BrokerConnection> {
  const { use, port, startWallMs } = broker;
  if (use === "demo") return connectDemo({ port: Number(port), startWallMs: Number(startWallMs) });
  return connectBroker(kiwiConfigSchema.parse({ broker, plugins }), { folder, env }, mode);
}
