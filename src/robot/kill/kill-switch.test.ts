import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { makeAuthority } from "./authority.ts";
import { everyAccount, KillSwitch, type PullOrder } from "./kill-switch.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

let homes = 0;
function freshHome(): string {
  const home = join(folder.path, `home-${homes++}`);
  mkdirSync(home);
  return home;
}

function withKey(home: string): string {
  const secret = join(home, "secret.pem");
  makeAuthority(join(home, "authorities"), secret);
  return secret;
}

const byHand: PullOrder = {
  atMs: 1_000,
  by: "anna",
  action: "freeze",
  trigger: "person",
  reason: "looks wrong",
};

test("nothing stands before anybody pulled", () => {
  const kill = new KillSwitch(freshHome(), "demo");
  expect(kill.order()).toEqual({ state: "active", reason: "" });
  expect(kill.state().damage).toBeNull();
});

test("a pull is seen at once by whoever holds the switch of that account, and after a restart", () => {
  const home = freshHome();
  const robot = new KillSwitch(home, "demo");
  expect(robot.order().state).toBe("active");
  new KillSwitch(home, "demo").pull(byHand);
  expect(robot.order()).toEqual({ state: "halted", reason: "person: looks wrong" });
  expect(new KillSwitch(home, "demo").order().state).toBe("halted");
  expect(new KillSwitch(home, "other").order().state).toBe("active");
});

test("a pull of every account halts them all, whatever they are called", () => {
  const home = freshHome();
  const names = ["demo", "Demo", "DU123/../x", "*'", "büro"];
  const robots = names.map((name) => new KillSwitch(home, name));
  new KillSwitch(home, everyAccount).pull({ ...byHand, action: "flatten" });
  expect(robots.map((robot) => robot.state().action)).toEqual(names.map(() => "flatten"));
  // Names that differ only in what a disk cannot tell apart have files of their own.
  expect(new Set(robots.map((robot) => robot.file)).size).toBe(names.length);
});

test("the graver pull counts, whichever came first", () => {
  const kill = new KillSwitch(freshHome(), "demo");
  kill.pull({ ...byHand, action: "reduce", trigger: "stale-data" });
  expect(kill.order().state).toBe("reducing");
  kill.pull({ ...byHand, action: "flatten", trigger: "drawdown", reason: "20 % down" });
  kill.pull({ ...byHand, action: "freeze" });
  expect(kill.state().action).toBe("flatten");
  expect(kill.order().reason).toBe("drawdown: 20 % down");
  expect(new Set(kill.state().pulls.map(({ id }) => id)).size).toBe(3);
});

test("a reset with the key lifts what stood, and stays readable", () => {
  const home = freshHome();
  const secret = withKey(home);
  const kill = new KillSwitch(home, "demo");
  expect(kill.reset(secret, "all well", "anna", 2_000)).toBe("not-pulled");
  kill.pull(byHand);
  expect(kill.reset(secret, "all well", "anna", 2_000)).toBeNull();
  expect(new KillSwitch(home, "demo").order().state).toBe("active");
  const kinds = readFileSync(kill.file, "utf8").trim().split("\n");
  expect(kinds.map((line) => JSON.parse(line).kind)).toEqual(["pull", "reset"]);
  kill.pull({ ...byHand, reason: "again" });
  expect(kill.order()).toEqual({ state: "halted", reason: "person: again" });
});

test("a key that this house does not know resets nothing, and leaves no trace that looks like a reset", () => {
  const home = freshHome();
  withKey(home);
  const stranger = withKey(freshHome());
  const kill = new KillSwitch(home, "demo");
  kill.pull(byHand);
  const before = readFileSync(kill.file, "utf8");
  expect(kill.reset(stranger, "please", "eve", 2_000)).toBe("not-authorised");
  expect(readFileSync(kill.file, "utf8")).toBe(before);
  expect(kill.order().state).toBe("halted");
});

test("a forged, copied or moved reset lifts nothing", () => {
  const home = freshHome();
  const secret = withKey(home);
  const kill = new KillSwitch(home, "demo");
  kill.pull(byHand);
  kill.reset(secret, "all well", "anna", 2_000);
  const reset = readFileSync(kill.file, "utf8").trim().split("\n")[1]!;
  kill.pull({ ...byHand, atMs: 3_000 });
  appendFileSync(kill.file, `${reset}\n`);
  expect(kill.order().state).toBe("halted");
  const other = new KillSwitch(home, "other");
  other.pull(byHand);
  appendFileSync(other.file, `${reset}\n`);
  expect(other.order().state).toBe("halted");
  const forged = { ...JSON.parse(reset), reason: "forged" };
  const third = new KillSwitch(home, "third");
  third.pull(byHand);
  appendFileSync(third.file, `${JSON.stringify({ ...forged, account: "third" })}\n`);
  expect(third.order().state).toBe("halted");
});

test("a pull that comes while somebody resets stands", () => {
  const home = freshHome();
  const secret = withKey(home);
  const kill = new KillSwitch(home, "demo");
  kill.pull(byHand);
  kill.reset(secret, "all well", "anna", 2_000);
  const [pull, reset] = readFileSync(kill.file, "utf8").trim().split("\n") as [string, string];
  // The second pull was written after the first was read for the reset and before the reset was written.
  const second = JSON.stringify({ ...JSON.parse(pull), id: "second" });
  writeFileSync(kill.file, `${pull}\n${second}\n${reset}\n`);
  expect(kill.state().pulls.map(({ id }) => id)).toEqual(["second"]);
});

test("a line that was changed, cut short or written by no switch counts as pulled, until a reset covers it", () => {
  const home = freshHome();
  const secret = withKey(home);
  for (const harm of ["{", "no line of ours\n", '{"kind":"pull"}\n', "\u0000\n"]) {
    const kill = new KillSwitch(home, `harm ${harm.length} ${harm.charCodeAt(0)}`);
    mkdirSync(join(home, "switch"), { recursive: true });
    writeFileSync(kill.file, harm);
    expect(kill.order()).toEqual({ state: "halted", reason: "line 1 of the kill switch is damaged" });
    expect(kill.reset(secret, "looked at it", "anna", 2_000)).toBeNull();
    expect(kill.order().state).toBe("active");
  }
  const changed = new KillSwitch(home, "changed");
  changed.pull(byHand);
  changed.reset(secret, "all well", "anna", 2_000);
  writeFileSync(changed.file, readFileSync(changed.file, "utf8").replace("looks wrong", "looks right"));
  expect(changed.order().state).toBe("halted");
});

test("a switch that cannot be read or written halts all the same", () => {
  const home = freshHome();
  const kill = new KillSwitch(home, "demo");
  kill.pull({ ...byHand, action: "reduce" });
  rmSync(kill.file);
  mkdirSync(kill.file);
  expect(kill.order().state).toBe("halted");
  expect(kill.order().reason).toContain("cannot be read");
  expect(() => kill.pull({ ...byHand, action: "flatten" })).toThrow();
  rmSync(kill.file, { recursive: true });
  // What could not be written holds for as long as this process lives.
  expect(kill.state().action).toBe("flatten");
});

test("only its owner can read the switch and the secret key", () => {
  const home = freshHome();
  const secret = withKey(home);
  const kill = new KillSwitch(home, "demo");
  kill.pull(byHand);
  if (process.platform === "win32") return;
  expect(statSync(secret).mode & 0o777).toBe(0o600);
  expect(statSync(kill.file).mode & 0o777).toBe(0o600);
  chmodSync(kill.file, 0o600);
});

test("asking costs microseconds: it is done before every order", () => {
  const home = freshHome();
  const kill = new KillSwitch(home, "demo");
  kill.pull(byHand);
  for (let k = 0; k < 2_000; k++) kill.order();
  const startedMs = performance.now();
  for (let k = 0; k < 10_000; k++) kill.order();
  const microseconds = (performance.now() - startedMs) / 10;
  console.log(`kill switch asked in ${microseconds.toFixed(1)} microseconds`);
  expect(microseconds).toBeLessThan(500);
});
