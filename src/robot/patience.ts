import { formatDuration } from "../base/time.ts";
import type { Clock } from "../ports/clock.ts";

/** Waits for answers, and not for ever. */
export class Patience {
  private readonly clock: Clock;
  private readonly spanMs: number;
  private readonly waits = new Set<() => void>();

  constructor(clock: Clock, spanMs: number) {
    this.clock = clock;
    this.spanMs = spanMs;
  }

  /** The answer, or a rejection when there is none within the span. */
  within<T>(question: () => Promise<T>): Promise<T> {
    const { clock, spanMs, waits } = this;
    return new Promise<T>((resolve, reject) => {
      const stop = (): void => {
        cancel();
        waits.delete(stop);
      };
      const cancel = clock.schedule(spanMs, () => {
        stop();
        reject(new Error(`no answer within ${formatDuration(spanMs)}`));
      });
      waits.add(stop);
      const asked = async (): Promise<T> => question();
      asked().then(
        (answer) => {
          stop();
          resolve(answer);
        },
        (error: unknown) => {
          stop();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  /** Ends all waiting; what was asked is not answered any more. */
  close(): void {
    for (const stop of this.waits) stop();
  }
}
