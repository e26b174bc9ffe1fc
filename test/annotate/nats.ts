import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** The program of the NATS server: that of NERIUM_NATS_SERVER, or the one on the path. Undefined if there is none. */
export function natsProgram(): string | undefined {
  const program = process.env.NERIUM_NATS_SERVER ?? "nats-server";
  return spawnSync(program, ["--version"]).status === 0 ? program : undefined;
}

/** A server with JetStream on this machine, which can be killed and started again. */
export class NatsServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly program: string,
    private readonly port: number,
    /** Where it keeps its streams. */
    private readonly store: string,
    private readonly more: readonly string[],
  ) {}

  static async start(program: string, store: string, more: readonly string[] = []): Promise<NatsServer> {
    const server = new NatsServer(program, await freePort(), store, more);
    await server.start();
    return server;
  }

  get address(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const { program, port, store, more } = this;
    const child = spawn(program, ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", store, ...more], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      let seen = "";
      child.stderr.on("data", (chunk) => {
        seen += chunk;
        if (seen.includes("Server is ready")) resolve();
      });
      child.once("exit", () => reject(new Error(`nats-server has ended: ${seen}`)));
    });
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
    await wait(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
