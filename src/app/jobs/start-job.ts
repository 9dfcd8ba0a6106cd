import type { JobAddress } from "../../jobs/job.ts";
import { runJob, type JobWatching } from "../../jobs/open-carrier.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { environmentWithoutSecrets } from "../config/environment-without-secrets.ts";

/**
 * Performs a job in a thread of its own. A strategy that takes no bar for too long is stopped: `STRATEGY_STUCK`. What the
 * job throws is thrown here.
 */
export function startJob<Request, Result>(
  address: JobAddress<Request, Result>,
  request: Request,
  watching: JobWatching,
): Promise<Result> {
  // A strategy needs no keys, and what it has it can send away.
  const environment = environmentWithoutSecrets(process.env, providersOf(request));
  return runJob("thread", address, request, { environment, ...watching });
}

/** The providers and brokers in the configurations that a job was given: of requests, or of stored runs. */
function providersOf(input: unknown): KiwiConfig["providers"] {
  type Given = { readonly config?: Partial<KiwiConfig> };
  type Holder = Given & { readonly request?: Given; readonly manifest?: Given };
  const holders = (Array.isArray(input) ? input : [input]) as readonly (Holder | undefined)[];
  const configs = holders.flatMap((one) => [one?.config, one?.request?.config, one?.manifest?.config]);
  // Two runs may call different providers by one name: names are of no interest here.
  const all = configs.flatMap((config) => [
    ...Object.values(config?.providers ?? {}),
    ...(config?.broker === undefined ? [] : [config.broker]),
  ]);
  return Object.fromEntries(all.map((provider, index) => [index, provider]));
}
