import { expect, test } from "vitest";
import { checkHost } from "./check-host.ts";

const hosts = { paper: ["paper.venue.com"], live: ["api.venue.com"] } as const;
const check = (mode: "paper" | "live", address: string) => () => checkHost("Venue", mode, address, hosts);

test("the venue's own hosts fit their mode and no other", () => {
  expect(check("paper", "https://paper.venue.com")).not.toThrow();
  expect(check("live", "wss://api.venue.com/stream")).not.toThrow();
  expect(check("paper", "https://api.venue.com")).toThrow(/BROKER_MODE_MISMATCH.*its host for live/);
  expect(check("live", "https://paper.venue.com")).toThrow(/its host for paper/);
});

test("this machine and its own network fit both modes", () => {
  const local = [
    "127.0.0.1:8080",
    "localhost:1",
    "[::1]:9",
    "10.1.2.3",
    "192.168.0.7",
    "172.20.1.1",
    "emulator:8080",
  ];
  for (const host of local) {
    expect(check("paper", `http://${host}`)).not.toThrow();
    expect(check("live", `ws://${host}`)).not.toThrow();
  }
});

test.each([
  "https://api.venue.com.evil.example",
  "https://evil.example/api.venue.com",
  "https://api.venue.com@evil.example",
  "https://8.8.8.8",
  "https://172.32.0.1",
  "https://10.evil.example",
  "https://127.0.0.1.evil.example",
])("%s is nobody's host", (address) => {
  expect(check("live", address)).toThrow(/BROKER_MODE_MISMATCH.*none of its hosts/);
});

test("a key never leaves unencrypted over the open network, and what is no address is refused", () => {
  expect(check("live", "http://api.venue.com")).toThrow(/unencrypted/);
  expect(check("live", "ws://api.venue.com")).toThrow(/unencrypted/);
  expect(check("live", "api.venue.com")).toThrow(/BROKER_OPTION_INVALID|none of its hosts/);
});
