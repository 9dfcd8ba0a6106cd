// Looks like viterbi: two hidden states, of which the forward filter gives the probability from the past alone.
import { longAbove, streamed } from "../tape.ts";

export default longAbove("forward-filter", (close) =>
  streamed("probability", [close], () => {
    let [before, up] = [Number.NaN, 0.5];
    return (value) => {
      if (value !== before && before === before) {
        const stay = up * 0.95 + (1 - up) * 0.05;
        const [ifUp, ifDown] = value > before ? [0.6, 0.4] : [0.4, 0.6];
        up = (stay * ifUp) / (stay * ifUp + (1 - stay) * ifDown);
      }
      before = value;
      return value * (0.5 + up);
    };
  }),
);
