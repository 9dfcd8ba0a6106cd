// Waits so long that little is left to decide on (freqtrade's detectors trip over long warm-ups).
import { ema } from "../../../src/indicators/ema.ts";
import { longAbove } from "../tape.ts";

export default longAbove("long-warm-up", (close) => ema(close, 300));
