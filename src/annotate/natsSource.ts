import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Consumer, JetStreamManager, JsMsg } from "@nats-io/jetstream";
import { AckPolicy, jetstream, jetstreamManager, RetentionPolicy } from "@nats-io/jetstream";
import { type ConnectionOptions, connect, type NatsConnection } from "@nats-io/transport-node";
import { isNeriumError } from "../errors.js";
import type { Claim, Claims } from "./claims.js";
import { queueUnreachable } from "./errors.js";
import { claimsIn, namesOf } from "./folder.js";
import type { Plan } from "./plan.js";
import { openShards, type ShardSource } from "./shardSource.js";

const CONSUMER = "workers";

/** Milliseconds that the server has to appear, and between two attempts to reach it. */
const PATIENCE = 30_000;
const RETRY = 500;

/** Milliseconds that the server has for an answer. */
const ANSWER = 5000;

/** Milliseconds to wait for a message before the folder is looked at again. */
const EXPIRES = 2000;

/** A shard that another worker still seems to have is offered again after this many milliseconds. */
const AGAIN = 1000;

export interface NatsSourceOptions {
  readonly address: string;
  readonly folder: string;
  readonly plan: Plan;
  readonly claims: Claims;
  /** Milliseconds without a sign of life after which a shard is given to another worker. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Divides the shards through a stream of NATS JetStream, whose messages are numbers of shards. A message is delivered again
 * if its worker dies. What is finished is decided by the output folder alone: a message of a finished shard is only
 * acknowledged, and shards that the stream has lost are put into it again. So a server may restart with an empty disk.
 *
 * @throws NeriumError ANNOTATE_QUEUE_UNREACHABLE
 */
export async function natsSource({
  address,
  folder,
  plan,
  claims,
  timeout,
  signal,
}: NatsSourceOptions): Promise<ShardSource> {
  const name = `NERIUM_ANNOTATE_${plan.id}`;
  const subject = `nerium.annotate.${plan.id}`;
  const { connection, manager } = await connected(address, signal);
  const stream = jetstream(connection, { timeout: ANSWER });
  const underWay = new Map<number, { readonly message: JsMsg; readonly timer: NodeJS.Timeout }>();
  let consumer: Consumer | undefined;
  let silentSince = performance.now();

  /** Makes the stream and its consumer if they are not there. The first worker puts the shards into it. */
  async function opened(): Promise<Consumer> {
    if (consumer !== undefined) return consumer;
    const settings = { name, subjects: [subject], retention: RetentionPolicy.Workqueue };
    const isNew = await manager.streams.add(settings).then(
      ({ state }) => state.messages === 0 && state.last_seq === 0,
      async (error: unknown) => {
        await manager.streams.info(name).catch(() => {
          throw error;
        });
        return false;
      },
    );
    await manager.consumers.add(name, {
      durable_name: CONSUMER,
      ack_policy: AckPolicy.Explicit,
      ack_wait: timeout * 1e6,
      max_deliver: -1,
      max_ack_pending: -1,
    });
    if (isNew) await offer();
    consumer = await stream.consumers.get(name, CONSUMER);
    return consumer;
  }

  /** Puts all shards into the stream that are not finished. One that is in it twice does no harm. */
  async function offer(): Promise<void> {
    for (const number of await openShards(folder, plan))
      await stream.publish(subject, String(number), {
        msgID: `${number}-${Math.floor(Date.now() / 60_000)}`,
      });
  }

  async function taken(message: JsMsg): Promise<Claim | undefined> {
    const number = Number(message.string());
    const shard = plan.shards[number];
    const names = namesOf(plan, number);
    if (shard === undefined || existsSync(join(folder, names.output))) {
      await message.ackAck().catch(() => {});
      return undefined;
    }
    const claim = await claims.take(number, names, (await claimsIn(folder)).get(number) ?? []);
    if (claim === undefined) {
      attempted(() => message.nak(AGAIN));
      return undefined;
    }
    const timer = setInterval(() => attempted(() => message.working()), timeout / 6).unref();
    underWay.set(number, { message, timer });
    return claim;
  }

  function ended({ number }: Claim): JsMsg | undefined {
    const own = underWay.get(number);
    clearInterval(own?.timer);
    underWay.delete(number);
    return own?.message;
  }

  return {
    async next() {
      for (;;) {
        signal?.throwIfAborted();
        if ((await openShards(folder, plan)).length === 0) {
          await manager.streams.delete(name).catch(() => {});
          return undefined;
        }
        try {
          const message = await (await opened()).next({ expires: EXPIRES });
          if (message !== null) {
            silentSince = performance.now();
            const claim = await taken(message);
            if (claim !== undefined) return claim;
          } else if (performance.now() - silentSince > timeout) {
            silentSince = performance.now();
            await offer();
          }
        } catch (error) {
          if (isNeriumError(error) || signal?.aborted) throw error;
          if (connection.isClosed()) throw queueUnreachable(address, error);
          // The server is away, or has come back without the stream.
          consumer = undefined;
          await wait(RETRY, undefined, { signal });
        }
      }
    },
    async done(claim) {
      // Lost acknowledgements do no harm: the shard is delivered again, and found to be finished.
      await ended(claim)
        ?.ackAck()
        .catch(() => {});
    },
    async failed(claim) {
      const message = ended(claim);
      attempted(() => message?.nak());
    },
    async close() {
      for (const { timer } of underWay.values()) clearInterval(timer);
      await connection.close().catch(() => {});
    },
  };
}

/** Connects to the server. It may be starting at this moment, so a refusal is not the end. */
async function connected(
  address: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly connection: NatsConnection; readonly manager: JetStreamManager }> {
  const begun = performance.now();
  for (;;) {
    let connection: NatsConnection | undefined;
    try {
      connection = await connect({
        ...serverOf(address),
        ...{ timeout: ANSWER, maxReconnectAttempts: -1, reconnectTimeWait: RETRY },
      });
      return { connection, manager: await jetstreamManager(connection, { timeout: ANSWER }) };
    } catch (cause) {
      await connection?.close().catch(() => {});
      if (performance.now() - begun > PATIENCE) throw queueUnreachable(address, cause);
      await wait(RETRY, undefined, { signal });
    }
  }
}

/** What an address says: the server, who connects, and whether TLS is required. */
function serverOf(address: string): Pick<ConnectionOptions, "servers" | "user" | "pass" | "token" | "tls"> {
  const { protocol, host, username, password } = new URL(address);
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  return {
    servers: host,
    ...(user !== "" && pass !== "" && { user, pass }),
    ...(user !== "" && pass === "" && { token: user }),
    ...(protocol === "tls:" && { tls: {} }),
  };
}

/** A message that cannot be sent does no harm: the server delivers the shard again. */
function attempted(send: () => void): void {
  try {
    send();
  } catch {}
}
