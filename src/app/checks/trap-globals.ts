/** Called when a trap is stepped on, with the stack of whoever did it. */
type OnTrap = (stack: string, what: string, why: string) => void;

type Restore = () => void;
type Holder = Record<PropertyKey, unknown>;

const clockWhy =
  "the same bars would give other decisions at another time; context.timeMs is the time of the bar";
const chanceWhy = "every run would draw other numbers; make a Prng with a seed in memory()";
const outsideWhy = "what comes from outside may know the future, and no test could repeat it";
/** A trap that is stepped on at every bar need not look at the stack a million times. */
const looksMax = 200;

/** Replaces the globals that tell time, draw chance or reach out by ones that report and then do the same. */
export function trapGlobals(onTrap: OnTrap): Restore {
  const restores: Restore[] = [];
  const looks = new Map<string, number>();
  const note = (what: string, why: string) => {
    const count = (looks.get(what) ?? 0) + 1;
    looks.set(what, count);
    if (count <= looksMax) onTrap(deepStack(), what, why);
  };
  const trap = (holder: unknown, name: string, what: string, why: string) =>
    restores.push(trapCall(holder as Holder, name, () => note(what, why)));
  trap(Math, "random", "calls Math.random", chanceWhy);
  trap(crypto, "getRandomValues", "calls crypto.getRandomValues", chanceWhy);
  trap(crypto, "randomUUID", "calls crypto.randomUUID", chanceWhy);
  trap(performance, "now", "calls performance.now", clockWhy);
  trap(process.hrtime, "bigint", "calls process.hrtime", clockWhy);
  trap(process, "hrtime", "calls process.hrtime", clockWhy);
  trap(process, "uptime", "calls process.uptime", clockWhy);
  trap(process, "getBuiltinModule", "calls process.getBuiltinModule", outsideWhy);
  for (const name of ["setTimeout", "setInterval", "setImmediate"])
    trap(globalThis, name, `calls ${name}`, clockWhy);
  restores.push(trapDate((what) => note(what, clockWhy)));
  restores.push(trapEnvironment(() => note("reads process.env", outsideWhy)));
  restores.push(...trapNetwork((what) => note(what, outsideWhy)));
  return () => {
    for (const restore of restores.toReversed()) restore();
  };
}

/** Ten lines, the usual, may all be the engine's. */
function deepStack(): string {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = before;
  return stack;
}

function replace(holder: Holder, name: string, descriptor: PropertyDescriptor): Restore {
  const before = Object.getOwnPropertyDescriptor(holder, name);
  Object.defineProperty(holder, name, { ...descriptor, configurable: true });
  return () => {
    if (before === undefined) delete holder[name];
    else Object.defineProperty(holder, name, before);
  };
}

function trapCall(holder: Holder, name: string, onCall: () => void): Restore {
  const real = holder[name] as (...values: unknown[]) => unknown;
  const value = new Proxy(real, {
    apply(target, self, values) {
      onCall();
      return Reflect.apply(target, self === undefined ? holder : self, values);
    },
  });
  return replace(holder, name, { value, writable: true, enumerable: true });
}

/** A date from a given number is arithmetic; a date from nothing is the clock. */
function trapDate(onTrap: (what: string) => void): Restore {
  const real = Date;
  const now = () => {
    onTrap("calls Date.now");
    return real.now();
  };
  const value = new Proxy(real, {
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
    apply(target, self, values) {
      onTrap("calls Date()");
      return Reflect.apply(target, self, values);
    },
    construct(target, values, newTarget) {
      if (values.length === 0) onTrap("calls new Date()");
      return Reflect.construct(target, values, newTarget);
    },
  });
  return replace(globalThis as unknown as Holder, "Date", { value, writable: true, enumerable: false });
}

function trapEnvironment(onRead: () => void): Restore {
  const real = process.env;
  return replace(process as unknown as Holder, "env", {
    get() {
      onRead();
      return real;
    },
  });
}

/** The network is not reached at all: a check must not send anything anywhere. */
function trapNetwork(onTrap: (what: string) => void): readonly Restore[] {
  const holder = globalThis as unknown as Holder;
  return ["fetch", "WebSocket", "EventSource"]
    .filter((name) => holder[name] !== undefined)
    .map((name) => {
      const refuse = () => {
        onTrap(`calls ${name}`);
        throw new Error(`${name} is out of reach while a strategy is checked`);
      };
      const value = new Proxy(holder[name] as new () => object, {
        apply: () => {
          if (name !== "fetch") return refuse();
          try {
            return refuse();
          } catch (cause) {
            return Promise.reject(cause as Error);
          }
        },
        construct: refuse,
      });
      return replace(holder, name, { value, writable: true, enumerable: true });
    });
}
