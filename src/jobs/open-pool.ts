import type { JobAddress } from "./job.ts";
import type { ChannelOptions } from "./channel.ts";
import { openCarrier, type Carrier, type CarrierKind, type JobWatching } from "./open-carrier.ts";

/** Carriers that share the work: a job waits until one of them is free. */
export type JobPool = {
  readonly perform: <Request, Result>(
    address: JobAddress<Request, Result>,
    request: Request,
    watching?: JobWatching,
  ) => Promise<Result>;
  /** Ends all of them; what has not begun yet is refused. */
  readonly close: () => Promise<void>;
};

/** Opens a pool. A carrier is made when the first job needs it, and anew after one that was ended. */
export function openPool(kind: CarrierKind, carriersMax: number, options: ChannelOptions): JobPool {
  const idle: Carrier[] = [];
  const all = new Set<Carrier>();
  const waiting: (() => void)[] = [];
  let busy = 0;
  const enter = async (): Promise<void> => {
    if (busy < carriersMax) busy += 1;
    // Who leaves hands the place on.
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) busy -= 1;
    else next();
  };
  const takeCarrier = (): Carrier => {
    const carrier = idle.pop() ?? openCarrier(kind, options);
    all.add(carrier);
    return carrier;
  };
  return {
    async perform(address, request, watching) {
      await enter();
      const carrier = takeCarrier();
      try {
        const result = await carrier.perform(address, request, watching);
        idle.push(carrier);
        return result;
      } catch (error) {
        // Nobody knows what state a failed job left behind.
        all.delete(carrier);
        await carrier.close();
        throw error;
      } finally {
        leave();
      }
    },
    close: async () => void (await Promise.all([...all].map((carrier) => carrier.close()))),
  };
}
