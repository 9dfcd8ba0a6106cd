import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { documented } from "../src/server/metrics.ts";

const root = join(import.meta.dirname, "..");
const deploy = (...path: string[]) => join(root, "deploy", ...path);
const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

test("everything that the container file copies is there, and it does not run as root", () => {
  const text = readFileSync(deploy("Dockerfile"), "utf8");
  const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names]) => names!.split(" "));
  expect(copied.length).toBeGreaterThan(3);
  for (const name of copied) expect(existsSync(join(root, name)), name).toBe(true);
  expect(text).toMatch(/^USER \d+$/m);
  const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { engines: object };
  expect(engines).toBeDefined();
});

test("every file that compose mounts or builds from is there", () => {
  const text = readFileSync(deploy("compose.yml"), "utf8");
  const mounted = [...text.matchAll(/- \.\/([\w/]+):/g)]
    .map(([, path]) => path!)
    .filter((path) => path !== "project");
  expect(mounted.length).toBeGreaterThan(1);
  for (const path of mounted) expect(existsSync(deploy(path)), path).toBe(true);
});

test("the pictures ask for figures that the robot has", () => {
  const dashboards = deploy("grafana", "dashboards");
  for (const name of readdirSync(dashboards)) {
    const { panels } = JSON.parse(readFileSync(join(dashboards, name), "utf8")) as {
      panels: { targets: { expr: string }[] }[];
    };
    const asked = panels.flatMap(({ targets }) => targets).flatMap(({ expr }) => expr.match(/\bkiwi_\w+/g)!);
    expect(asked.length).toBeGreaterThan(8);
    for (const figure of asked)
      expect(figure in documented || /^kiwi_(process|nodejs)_/.test(figure), figure).toBe(true);
  }
});

test("a unit never gives a robot up, and lets it write where it keeps sessions and switches", () => {
  for (const name of readdirSync(deploy("systemd"))) {
    const text = readFileSync(deploy("systemd", name), "utf8");
    expect(text).toMatch(/^StartLimitIntervalSec=0$/m);
    const home = /^Environment=KIWI_HOME=(.+)$/m.exec(text)![1]!;
    expect(/^ReadWritePaths=(.+)$/m.exec(text)![1]!.split(" ")).toContain(home);
  }
});

test.skipIf(!has("systemd-analyze"))("systemd accepts the units", () => {
  const units = readdirSync(deploy("systemd")).map((name) => deploy("systemd", name));
  expect(units).toHaveLength(2);
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", ...units], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
});

test.skipIf(!has("promtool"))("Prometheus accepts the configuration", () => {
  expect(spawnSync("promtool", ["check", "config", deploy("prometheus", "prometheus.yml")]).status).toBe(0);
});
