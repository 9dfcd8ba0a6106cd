import { expect, test } from "vitest";
import { alertOf } from "./incident-event.ts";

const atMs = Date.UTC(2026, 0, 1);

test("what costs money is critical, what heals by itself a warning, and what is only worth knowing information", () => {
  const of = (kind: "position differs" | "line down" | "recovered", gravity: "notice" | "alarm") =>
    alertOf({ kind, gravity, atMs, symbol: "BTCUSDT", message: "m" });
  expect(of("position differs", "alarm")).toEqual({
    kind: "reconciliation",
    about: "position differs BTCUSDT",
    severity: "critical",
    title: "BTCUSDT: position differs",
    text: "m",
    atMs,
  });
  expect(of("line down", "alarm")).toMatchObject({ kind: "connection", severity: "warning" });
  expect(of("recovered", "notice")).toMatchObject({ kind: "robot", severity: "info" });
});

test("troubles with two symbols are two incidents, and one trouble without a symbol is one", () => {
  const about = (symbol: string | null) =>
    alertOf({ kind: "external fill", gravity: "alarm", atMs, symbol, message: "m" }).about;
  expect(new Set([about("A"), about("B"), about(null), about(null)]).size).toBe(3);
  // Whoever mends one mistake of a file and makes another is told of both.
  const edit = (message: string) =>
    alertOf({ kind: "settings refused", gravity: "alarm", atMs, symbol: null, message }).about;
  expect(new Set([edit("a comma"), edit("a secret"), edit("a comma")]).size).toBe(2);
});
