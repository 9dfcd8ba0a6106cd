import { barSeries } from "../../domain/expression.ts";
import type { ProtectionLevels } from "../../engine/execution/protect.ts";
import { atr } from "../../indicators/atr.ts";
import type { RunConfig } from "../config/run-config.ts";

/** The stop and target that every position gets from the config, or null when it wants neither. */
export function protectionLevels({ protection }: RunConfig): ProtectionLevels | null {
  const { atrLength, stopAtr: stopRanges, takeProfitAtr: takeProfitRanges } = protection;
  if (stopRanges === 0 && takeProfitRanges === 0) return null;
  return { range: atr(barSeries(), atrLength), stopRanges, takeProfitRanges };
}
