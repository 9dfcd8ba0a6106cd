// Planted: a scaler that was fitted on the whole sample and saved: nobody can see when its numbers became known.
import { longAbove, streamed } from "../tape.ts";
import scaler from "./fitted-scaler.json" with { type: "json" };

export default longAbove("fitted-scaler", (close) =>
  streamed("scaled", [close], () => (value) => value - (value - scaler.mean) / scaler.deviation),
);
