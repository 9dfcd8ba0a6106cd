import { KiwiError } from "../../base/errors.ts";

const patienceMs = 30_000;

/** A tracking server of MLflow by its REST interface, version 2.0 (https://mlflow.org/docs/latest/rest-api.html). */
export class MlflowClient {
  private readonly root: string;
  private readonly headers: Readonly<Record<string, string>>;

  /** `uri` is `http://HOST:PORT`, with `USER:PASSWORD@` where the server asks for one. Throws `MLFLOW_ADDRESS`. */
  constructor(uri: string) {
    const url = URL.canParse(uri) ? new URL(uri) : null;
    if (url === null || !/^https?:$/.test(url.protocol)) throw addressInvalid();
    const { username, password } = url;
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.headers = username === "" ? {} : { authorization: `Basic ${Buffer.from(login).toString("base64")}` };
    this.root = `${url.origin}${url.pathname.replace(/\/$/, "")}`;
  }

  /** Calls a method of the interface. Throws what the server says, in one line. */
  async post(method: string, body: unknown): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    return this.ask(`/api/2.0/mlflow/${method}`, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** The number of an experiment, which is made where it is missing. */
  async experimentId(name: string): Promise<string> {
    type Found = { readonly experiment: { readonly experiment_id: string } };
    const query = `/api/2.0/mlflow/experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
    const find = async () => ((await this.ask(query, {})) as Found).experiment.experiment_id;
    try {
      return await find();
    } catch (error) {
      if (!(error instanceof MlflowRefusal) || error.status !== 404) throw error;
    }
    try {
      const made = (await this.post("experiments/create", { name })) as { readonly experiment_id: string };
      return made.experiment_id;
    } catch (error) {
      // Another training made it in the meantime.
      if (error instanceof MlflowRefusal && error.message.includes("ALREADY_EXISTS")) return find();
      throw error;
    }
  }

  /** Uploads a file below `artifactUri`, where the server takes files itself. */
  async upload(artifactUri: string, name: string, bytes: Uint8Array): Promise<void> {
    const path = /^mlflow-artifacts:\/(?:\/[^/]*)?(.*)$/.exec(artifactUri)?.[1];
    if (path === undefined)
      throw new Error(
        `it keeps files at ${artifactUri}, and takes none itself: start it with --serve-artifacts`,
      );
    await this.ask(`/api/2.0/mlflow-artifacts/artifacts${path.replace(/^\/?/, "/")}/${name}`, {
      method: "PUT",
      headers: { "content-type": "application/octet-stream" },
      body: Buffer.from(bytes),
    });
  }

  private async ask(path: string, init: RequestInit): Promise<unknown> {
    const answer = await fetch(this.root + path, {
      ...init,
      headers: { ...(init.headers as Record<string, string> | undefined), ...this.headers },
      signal: AbortSignal.timeout(patienceMs),
    });
    const text = await answer.text();
    if (!answer.ok) throw new MlflowRefusal(answer.status, text);
    return text === "" ? {} : JSON.parse(text);
  }
}

/** The server answered, and said no. */
class MlflowRefusal extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(`it answered ${status}: ${text.replaceAll(/\s+/g, " ").slice(0, 200)}`);
    this.status = status;
  }
}

function addressInvalid(): KiwiError {
  return new KiwiError({
    code: "MLFLOW_ADDRESS",
    exit: "config",
    message: "KIWI_MLFLOW_URI holds no address of an MLflow server",
    why: "runs are sent over its REST interface, which has an http or https address",
    fix: "export KIWI_MLFLOW_URI=http://127.0.0.1:5000   (or unset it: runs are kept in .kiwi/training all the same)",
    topic: "models",
  });
}
