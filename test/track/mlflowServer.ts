import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** The fields of all requests together. */
interface Body {
  readonly run_id?: string;
  readonly experiment_id?: string;
  readonly experiment_name?: string;
  readonly name?: string;
  readonly run_name?: string;
  readonly status?: string;
  readonly filter?: string;
  readonly tags?: readonly Pair[];
  readonly params?: readonly Pair[];
  readonly metrics?: StoredRun["metrics"];
}

interface StoredRun {
  readonly id: string;
  readonly tags: Record<string, string>;
  readonly params: Record<string, string>;
  readonly metrics: { key: string; value: number | string; step: number; timestamp: number }[];
  name: string;
  status: string;
  experiment: string;
}

/** How the next request is answered instead of well: nothing at all, or a status. */
export type Accident =
  | { readonly kind: "status"; readonly status: number; readonly stored?: boolean }
  | { readonly kind: "silence"; readonly stored?: boolean };

/** A stand-in for MLflow's server, with as much of its REST interface as the tracker uses. */
export class MlflowServer {
  readonly runs: StoredRun[] = [];
  readonly seen: { path: string; headers: IncomingMessage["headers"]; body: Body }[] = [];
  /** Taken from the front, one for each request. */
  readonly accidents: (Accident | undefined)[] = [];
  readonly experiments = new Map([["Default", "0"]]);
  #server: Server | undefined;

  async start(port = 0): Promise<string> {
    this.#server = createServer((request, answer) => void this.#handle(request, answer));
    await new Promise<void>((done) => this.#server!.listen(port, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((done) => this.#server?.close(done));
  }

  async #handle(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += chunk;
    const url = new URL(request.url!, "http://localhost");
    const path = url.pathname.replace("/api/2.0/mlflow/", "");
    const body: Body = text === "" ? Object.fromEntries(url.searchParams) : JSON.parse(text);
    this.seen.push({ path, headers: request.headers, body });
    const accident = this.accidents.shift();
    const result = accident === undefined || accident.stored ? this.#stored(path, body) : undefined;
    if (accident?.kind === "silence") return;
    const status = accident?.kind === "status" ? accident.status : result!.status;
    answer.writeHead(status, { "content-type": "application/json" });
    answer.end(
      JSON.stringify(
        accident === undefined ? result!.body : { error_code: "ACCIDENT", message: "an accident" },
      ),
    );
  }

  #stored(path: string, body: Body): { status: number; body: object } {
    const run = this.runs.find(({ id }) => id === body.run_id);
    switch (path) {
      case "experiments/get-by-name": {
        const id = this.experiments.get(body.experiment_name!);
        return id === undefined
          ? { status: 404, body: { error_code: "RESOURCE_DOES_NOT_EXIST", message: "no such experiment" } }
          : { status: 200, body: { experiment: { experiment_id: id } } };
      }
      case "experiments/create":
        this.experiments.set(body.name!, String(this.experiments.size));
        return { status: 200, body: { experiment_id: this.experiments.get(body.name!) } };
      case "runs/create": {
        const tags = Object.fromEntries(body.tags!.map(({ key, value }) => [key, value]));
        const fresh: StoredRun = {
          id: `run-${this.runs.length}`,
          name: body.run_name!,
          experiment: body.experiment_id!,
          status: "RUNNING",
          tags,
          params: {},
          metrics: [],
        };
        this.runs.push(fresh);
        return { status: 200, body: { run: this.#json(fresh) } };
      }
      case "runs/search": {
        const [, key, value] = /^tags\."([^"]+)" = '([^']+)'$/.exec(body.filter!)!;
        const runs = this.runs.filter(({ tags }) => tags[key!] === value);
        return { status: 200, body: runs.length === 0 ? {} : { runs: runs.map((each) => this.#json(each)) } };
      }
      case "runs/get":
        return { status: 200, body: { run: this.#json(run!) } };
      case "runs/update":
        run!.status = body.status!;
        return { status: 200, body: {} };
      case "runs/log-batch":
        if ((body.metrics ?? []).length > 1000 || (body.params ?? []).length > 100)
          return { status: 400, body: { error_code: "INVALID_PARAMETER_VALUE", message: "too many" } };
        for (const { key, value } of body.params ?? []) {
          if ((run!.params[key] ?? value) !== value)
            return {
              status: 400,
              body: { error_code: "INVALID_PARAMETER_VALUE", message: `${key} changed` },
            };
          run!.params[key] = value;
        }
        run!.metrics.push(...(body.metrics ?? []));
        return { status: 200, body: {} };
      default:
        return { status: 404, body: { error_code: "ENDPOINT_NOT_FOUND", message: path } };
    }
  }

  #json({ id, metrics, params }: StoredRun): object {
    const latest = new Map<string, StoredRun["metrics"][number]>();
    for (const metric of metrics)
      if (metric.step >= (latest.get(metric.key)?.step ?? -1)) latest.set(metric.key, metric);
    return {
      info: { run_id: id },
      data: {
        ...(latest.size > 0 && { metrics: [...latest.values()] }),
        ...(Object.keys(params).length > 0 && {
          params: Object.entries(params).map(([key, value]) => ({ key, value })),
        }),
      },
    };
  }
}
