// Looks like next-close: shift(+1), the close of the bar before.
import { lag } from "../../../src/indicators/lag.ts";
import { longAbove } from "../tape.ts";

export default longAbove("lagged-close", (close) => lag(close, 1));
