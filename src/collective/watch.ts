/**
 * Connections from all processes to the first one, beside MPI: MPI does not say which process died, and some launchers let
 * the others wait forever. When a process ends, the system closes its connection.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { isNeriumError } from "../errors.js";
import type { Collective } from "./collective.js";
import { endedByFirst, processFailed, processLost, type SentError } from "./errors.js";

/** Milliseconds to connect to one address, and to say the token. */
const CONNECTING = 3000;
/** Characters of the longest line. Errors are cut to fewer. */
const LONGEST_LINE = 2 ** 16;
/** Characters of a message of an error that is a bug. Others are cut already. */
const LONGEST_MESSAGE = 1000;
/** Milliseconds after which the system asks whether a silent machine is still there. */
const KEEP_ALIVE = 1000;

const text = z.string();
const MESSAGE = z.discriminatedUnion("type", [
  z.object({ type: z.literal("hello"), token: text, name: text }),
  z.object({
    type: z.literal("failed"),
    error: z.object({ code: text, message: text, where: text.optional(), remedy: text.optional() }),
  }),
  z.object({ type: z.literal("rest") }),
  z.object({ type: z.literal("work") }),
]);
type Message = z.output<typeof MESSAGE>;

const nameOf = (rank: number) => `Process ${rank} (${process.pid} on ${hostname()})`;

/** One end of a connection. */
class Line {
  /** True between two runs, when the other process may end. */
  private rests = false;
  private name: string;
  private failed: { readonly error: SentError | undefined } | undefined;
  private onFailure: ((name: string, error: SentError | undefined) => void) | undefined;
  /** Resolves once the other process has said the token; to false if it says something else first. */
  readonly greeted: Promise<boolean>;
  /** Resolves once the connection is closed. */
  readonly closed: Promise<void>;

  /** @param token that the other process must say first; it needs none if this process has connected to it */
  constructor(
    private readonly socket: Socket,
    { name, token }: { readonly name: string; readonly token?: string },
  ) {
    this.name = name;
    socket.setKeepAlive(true, KEEP_ALIVE);
    socket.setNoDelay(true);
    // It ends with the process and does not keep it alive.
    socket.unref();
    socket.on("error", () => {});
    let isKnown = token === undefined;
    // Anybody can connect to the port.
    const waiting = isKnown ? undefined : setTimeout(() => socket.destroy(), CONNECTING).unref();
    let greet: (known: boolean) => void = () => {};
    this.greeted = new Promise((resolve) => {
      greet = resolve;
    });
    eachLine(socket, (line) => {
      const message = messageOf(line);
      if (!isKnown) {
        isKnown = message?.type === "hello" && isEqual(message.token, token!);
        if (isKnown && message?.type === "hello") this.name = message.name;
        else socket.destroy();
        clearTimeout(waiting);
        greet(isKnown);
      } else if (message?.type === "rest") this.rests = true;
      else if (message?.type === "work") this.rests = false;
      else if (message?.type === "failed") this.fail(message.error);
    });
    this.closed = new Promise((resolve) => socket.on("close", () => resolve()));
    socket.on("close", () => {
      clearTimeout(waiting);
      greet(false);
      if (isKnown && !this.rests) this.fail(undefined);
    });
  }

  say(message: Message): void {
    if (this.socket.writable) this.socket.write(`${JSON.stringify(message)}\n`);
  }

  /** @param onFailure called once, with an error if the other process sends one, or without if it is gone */
  listen(onFailure: (name: string, error: SentError | undefined) => void): void {
    this.onFailure = onFailure;
    if (this.failed !== undefined) onFailure(this.name, this.failed.error);
  }

  private fail(error: SentError | undefined): void {
    if (this.failed !== undefined) return;
    this.failed = { error };
    this.onFailure?.(this.name, error);
  }
}

/** Calls `take` with every line that arrives. A line that is too long ends the connection. */
function eachLine(socket: Socket, take: (line: string) => void): void {
  let begun = "";
  socket.setEncoding("utf8").on("data", (piece: string) => {
    const lines = piece.split("\n");
    lines[0] = begun + lines[0];
    begun = lines.pop()!;
    if (Math.max(begun.length, ...lines.map(({ length }) => length)) > LONGEST_LINE) socket.destroy();
    for (const line of lines) if (!socket.destroyed) take(line);
  });
}

function isEqual(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function messageOf(line: string): Message | undefined {
  try {
    return MESSAGE.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Knows when another process fails or ends. */
export class Watch {
  /** Why the processes cannot go on. */
  failure: Error | undefined;

  private constructor(
    private readonly rank: number,
    private readonly lines: readonly Line[],
    /** Called once, when {@link failure} is set. */
    private readonly onFailure: () => void,
  ) {
    for (const line of lines) line.listen((name, error) => this.fail(name, error));
  }

  /** Connects the processes. Those that cannot connect to the first one are not watched. */
  static async start(collective: Collective, onFailure: () => void): Promise<Watch> {
    const { rank } = collective;
    if (rank === 0) return Watch.first(collective, onFailure);
    const { addresses, port, token, name } = await collective.fromFirst<Meeting>(undefined as never);
    const socket = await connected(addresses, port);
    const line = socket && new Line(socket, { name });
    line?.say({ type: "hello", token, name: nameOf(rank) });
    await collective.toFirst(line !== undefined);
    await collective.fromFirst(undefined);
    return new Watch(rank, line ? [line] : [], onFailure);
  }

  private static async first(collective: Collective, onFailure: () => void): Promise<Watch> {
    const token = randomBytes(16).toString("hex");
    const lines: Line[] = [];
    const unknown = new Set<Socket>();
    const server = createServer((socket) => {
      unknown.add(socket);
      const line = new Line(socket, { name: "A process", token });
      void line.greeted.then((known) => {
        unknown.delete(socket);
        if (known) lines.push(line);
      });
    });
    server.listen(0);
    await once(server, "listening");
    await collective.fromFirst<Meeting>({
      addresses: addresses(),
      port: portOf(server),
      token,
      name: nameOf(0),
    });
    const found = (await collective.toFirst(true))!.slice(1).filter(Boolean).length;
    for (let waits = 0; lines.length < found && waits < CONNECTING / 10; waits++)
      await new Promise((wake) => setTimeout(wake, 10));
    server.close();
    for (const socket of unknown) socket.destroy();
    await collective.fromFirst(undefined);
    return new Watch(0, lines, onFailure);
  }

  /** Number of other processes that this one watches. */
  get watched(): number {
    return this.lines.length;
  }

  /** From now on no process may end, until it rests. */
  work(): void {
    for (const line of this.lines) line.say({ type: "work" });
  }

  /** From now on this process may end. */
  rest(): void {
    for (const line of this.lines) line.say({ type: "rest" });
  }

  /** Waits until the first process has ended, but not longer than some milliseconds. */
  async firstEnds(milliseconds: number): Promise<void> {
    const [first] = this.lines;
    if (first !== undefined) await Promise.race([first.closed, sleep(milliseconds)]);
  }

  /** Tells the others that this process has failed. */
  tell(error: unknown): void {
    const { message } = error instanceof Error ? error : { message: String(error) };
    const sent: SentError = isNeriumError(error)
      ? { code: error.code, message, where: error.where, remedy: error.commandRemedy }
      : { code: "", message: message.slice(0, LONGEST_MESSAGE) };
    for (const line of this.lines) line.say({ type: "failed", error: sent });
  }

  private fail(name: string, error: SentError | undefined): void {
    if (this.failure !== undefined) return;
    // If the first one is gone, the second one says so.
    if (error === undefined) this.failure = this.rank <= 1 ? processLost(name) : endedByFirst();
    else this.failure = this.rank === 0 ? processFailed(name, error) : endedByFirst();
    // The others know the first process only.
    if (this.rank === 0) this.tell(this.failure);
    this.onFailure();
  }
}

/** Where the first process waits for the others. */
interface Meeting {
  readonly addresses: readonly string[];
  readonly port: number;
  readonly token: string;
  readonly name: string;
}

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

/** The addresses at which processes of this machine and of others may reach it. */
const addresses = (): string[] => [
  "127.0.0.1",
  ...Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith("fe80"))
    .map(({ address }) => address),
];

async function connected(all: readonly string[], port: number): Promise<Socket | undefined> {
  for (const host of all) {
    const socket = connect({ host, port });
    const failed = new Promise<false>((resolve) => {
      socket.once("error", () => resolve(false));
      socket.setTimeout(CONNECTING, () => resolve(false));
    });
    if (
      await Promise.race([
        once(socket, "connect").then(
          () => true,
          () => false,
        ),
        failed,
      ])
    ) {
      socket.setTimeout(0);
      return socket;
    }
    socket.destroy();
  }
  return undefined;
}
