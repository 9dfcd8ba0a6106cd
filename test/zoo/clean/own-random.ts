// Looks like chance and fetched-prices by its names alone.
import { longAbove, streamed } from "../tape.ts";

const random = (seed: number) => (seed * 16_807) % 2_147_483_647;
const fetch = (value: number, seed: number) => value * (seed % 2 === 0 ? 1.01 : 0.99);

export default longAbove("own-random", (close) =>
  streamed("random", [close], () => {
    let seed = 1;
    return (value) => {
      seed = random(seed);
      return fetch(value, seed);
    };
  }),
);
