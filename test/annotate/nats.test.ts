import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Claims } from "../../src/annotate/claims.js";
import { annotate, annotationStatus, verifyAnnotation } from "../../src/annotate/index.js";
import { natsSource } from "../../src/annotate/natsSource.js";
import { readPlan } from "../../src/annotate/plan.js";
import { compiledProgram, type Program } from "../cli/program.js";
import { writeTinyModel } from "../infer/tinyModel.js";
import { NatsServer, natsProgram } from "./nats.js";

const found = natsProgram();

describe.skipIf(found === undefined)("a queue of NATS (needs nats-server, or NERIUM_NATS_SERVER)", () => {
  const scratch = mkdtempSync(join(tmpdir(), "nerium-nats-"));
  const corpus = join(scratch, "corpus.txt");
  const ROWS = 6000;
  let server: NatsServer;
  let program: Program;
  let model: string;

  beforeAll(async () => {
    server = await NatsServer.start(found!, join(scratch, "store"));
    program = compiledProgram();
    model = await writeTinyModel(join(scratch, "model"));
    const rows = Array.from({ length: ROWS }, (_, row) => `Anna ${row} lives in Berlin, the city.\n`);
    writeFileSync(corpus, rows.join(""));
  });
  afterAll(async () => {
    await server.kill();
    program.remove();
    rmSync(scratch, { recursive: true, force: true });
  });

  const streams = async (): Promise<string[]> => {
    const connection = await connect({ servers: server.address });
    try {
      const names: string[] = [];
      for await (const name of (await jetstreamManager(connection)).streams.names()) names.push(name);
      return names;
    } finally {
      await connection.close();
    }
  };

  it("gives each shard to one worker, survives its own death and theirs, and leaves nothing", async () => {
    const output = join(scratch, "killed");
    const start = () =>
      program.start([
        ...["annotate", model, corpus, "--output", output, "--shard-size", "16K", "--threads", "1"],
        ...["--queue", server.address, "--claim-timeout", "5"],
      ]);
    const [first, second] = [start(), start()];
    const until = async (isSo: (finished: number, pids: readonly number[]) => boolean) => {
      for (;;) {
        const status = await annotationStatus(output).catch(() => undefined);
        const pids = status?.running.map(({ pid }) => pid) ?? [];
        if (status !== undefined && isSo(status.finished, pids)) return status;
        await wait(20);
      }
    };
    await until((finished, pids) => finished > 0 && pids.includes(first.child.pid!));
    first.child.kill("SIGKILL");
    await server.kill();
    // Everything that it has stored is lost.
    rmSync(join(scratch, "store"), { recursive: true, force: true });
    await server.start();
    const { code, stderr } = await second.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(await verifyAnnotation(output)).toMatchObject({ rows: ROWS, errors: 0, problems: [] });
    expect(readdirSync(join(output, ".work")).filter((name) => !/^shard-\d+\.json$/.test(name))).toEqual([]);
    expect(await streams()).toEqual([]);
  });

  it("delivers a shard again whose worker has given it back", async () => {
    const output = join(scratch, "given-back");
    await annotate(model, [corpus], output, { shardSize: 100_000, threads: 1, shard: "1/2" });
    const plan = await readPlan(output);
    const open = async () => {
      const claims = new Claims(output, { timeout: 5000 });
      return natsSource({ address: server.address, folder: output, plan, claims, timeout: 5000 });
    };
    const [first, second] = [await open(), await open()];
    const claim = (await first.next())!;
    await claim.release();
    await first.failed(claim);
    const numbers: number[] = [];
    const left = plan.shards.length - (await annotationStatus(output)).finished;
    while (numbers.length < left) numbers.push((await second.next())!.number);
    expect(numbers.sort((a, b) => a - b)).toEqual(
      [...plan.shards.keys()].filter((number) => number % 2 === 0),
    );
    await first.close();
    await second.close();
  });

  it("lets those in whose name and password are in the address", async () => {
    const output = join(scratch, "password");
    const more = ["--user", "anna", "--pass", "s@cret"];
    const closed = await NatsServer.start(found!, join(scratch, "closed"), more);
    try {
      const queue = closed.address.replace("//", "//anna:s%40cret@");
      const status = await annotate(model, [corpus], output, { queue, threads: 1, shardSize: 100_000 });
      expect(status.finished).toBe(status.shards);
    } finally {
      await closed.kill();
    }
  });

  it("an address where nobody answers is an error", async () => {
    const output = join(scratch, "nowhere");
    await annotate(model, [corpus], output, { shard: "0/100", threads: 1, shardSize: 10_000 });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 1500);
    // It waits for a server that may be starting, until it is stopped.
    await expect(
      annotate(model, [corpus], output, {
        ...{ queue: "nats://127.0.0.1:9", threads: 1, shardSize: 10_000, signal: stop.signal },
      }),
    ).rejects.toMatchObject({ code: "ANNOTATE_STOPPED" });
  });
});
