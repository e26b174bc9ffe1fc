/** Downloads over bad lines: what is in the cache afterwards is the file, or nothing. */
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { modelFolder } from "../../src/hub/index.js";
import { repository } from "../../src/hub/repository.js";
import { fetchFiles } from "../../src/hub/snapshot.js";
import { full } from "../breadth.js";
import { mountedMemory } from "../train/crash/mount.js";
import { gitSha1, sha256 } from "./repositories.js";
import { bytesOf, impatientClient, namesUnder, worldOfEachTest } from "./world.js";

const AT_ONCE = full ? 10 : 4;

const world = worldOfEachTest();
const SIZE = 300_000;
const weights = bytesOf(SIZE);
const config = JSON.stringify({ model_type: "bert" });
const about = { kind: "model", asked: "org/small", revision: "main" } as const;

const add = () =>
  world().hub.add("model", "org/small", { "config.json": config, "model.safetensors": weights });
const repositoryFolder = () => join(world().cache, "models--org--small");
const blobs = () => namesUnder(join(repositoryFolder(), "blobs"));

/** Downloads the weights with a client that waits for nothing. */
async function fetchWeights() {
  const { client, waits } = await impatientClient();
  const found = await repository(client, about);
  const folder = await fetchFiles(client, found, ["model.safetensors"]).finally(() => client.close());
  return { content: readFileSync(join(folder, "model.safetensors")), waits };
}

const bodies = () => world().hub.seen.filter(({ host, method }) => host === "cdn" && method === "GET");

describe("a download", () => {
  it("comes into the cache as huggingface_hub lays it out: blobs, links, reference, listing", async () => {
    const hash = add().refs.get("main")!;
    const folder = await modelFolder("org/small");
    expect(folder).toBe(join(repositoryFolder(), "snapshots", hash));
    expect(namesUnder(repositoryFolder())).toEqual(
      [
        `blobs/${sha256(weights)}`,
        `blobs/${gitSha1(Buffer.from(config))}`,
        "refs/main",
        `snapshots/${hash}/config.json`,
        `snapshots/${hash}/model.safetensors`,
        `trees/${hash}.json`,
      ].sort(),
    );
    expect(readlinkSync(join(folder, "model.safetensors"))).toBe(join("../../blobs", sha256(weights)));
    expect(readFileSync(join(repositoryFolder(), "refs/main"), "utf8")).toBe(hash);
  });

  it("that is cut at every 10 % is taken up there each time: 10 requests, every byte sent once (D1)", async () => {
    add();
    world().hub.fault = () => ({ dropAfter: SIZE / 10 });
    expect((await fetchWeights()).content.equals(weights)).toBe(true);
    const starts = bodies().map(({ range }) => Number(/\d+/.exec(range ?? "bytes=0-")![0]));
    expect(starts).toEqual(Array.from({ length: 10 }, (_, index) => (index * SIZE) / 10));
  });

  it("begins again where the server ignores ranges, and ends well (D2)", async () => {
    add();
    const cuts = [SIZE / 2, undefined];
    world().hub.fault = (_, __, host) => {
      const dropAfter = host === "cdn" ? cuts.shift() : undefined;
      return { ignoreRange: true, ...(dropAfter !== undefined && { dropAfter }) };
    };
    expect((await fetchWeights()).content.equals(weights)).toBe(true);
    expect(bodies().length).toBe(2);
  });

  it("of a file that becomes another meanwhile begins again, and never mixes both (D3)", async () => {
    add();
    const other = bytesOf(SIZE, 2);
    let asked = 0;
    world().hub.fault = (path) => {
      if (path !== "model.safetensors" || asked++ > 1) return {};
      return { content: other, etag: "another", dropAfter: SIZE / 2 };
    };
    expect((await fetchWeights()).content.equals(weights)).toBe(true);
    expect(bodies().map(({ range }) => range)).toEqual([undefined, `bytes=${SIZE / 2}-`]);
  });

  it.each([
    ["shorter", weights.subarray(0, SIZE - 1), "HUB_DOWNLOAD_INTERRUPTED"],
    ["longer", Buffer.concat([weights, Buffer.from("x")]), "HUB_FILE_DAMAGED"],
    ["of the right size with other bytes", bytesOf(SIZE, 3), "HUB_FILE_DAMAGED"],
    ["empty", Buffer.alloc(0), "HUB_DOWNLOAD_INTERRUPTED"],
  ])("that is %s is an error and leaves nothing (D4)", async (_, content, code) => {
    add();
    world().hub.fault = () => ({ content });
    await expect(fetchWeights()).rejects.toMatchObject({ code });
    expect(blobs()).toEqual([]);
    expect(existsSync(join(repositoryFolder(), "snapshots"))).toBe(false);
    world().hub.fault = () => ({});
    expect((await fetchWeights()).content.equals(weights)).toBe(true);
  });

  it("of a small file is held against git's hash", async () => {
    add();
    world().hub.fault = (path) =>
      path === "config.json" ? { content: Buffer.from(config.replace("bert", "brat")) } : {};
    await expect(modelFolder("org/small")).rejects.toMatchObject({
      code: "HUB_FILE_DAMAGED",
      where: "org/small/config.json",
    });
  });

  it("that breaks off and brings nothing any more is given up with an error", async () => {
    add();
    world().hub.fault = (_, range) => ({ dropAfter: range === undefined ? 1000 : 0 });
    await expect(fetchWeights()).rejects.toMatchObject({ code: "HUB_DOWNLOAD_INTERRUPTED" });
    expect(blobs()).toEqual([]);
  });

  it("tells how far it is", async () => {
    add();
    const told: number[] = [];
    await modelFolder("org/small", { onProgress: ({ done, total }) => told.push(done / total) });
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });

  it("ends where it is asked to, and leaves no part", async () => {
    add();
    world().hub.fault = () => ({ slow: 50 });
    const stopping = new AbortController();
    const running = modelFolder("org/small", {
      signal: stopping.signal,
      onProgress: () => stopping.abort(),
    });
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
    expect(blobs().filter((name) => name.includes("incomplete"))).toEqual([]);
  });

  it("removes parts that dead processes left, and no young ones", async () => {
    add();
    const folder = join(repositoryFolder(), "blobs");
    mkdirSync(folder, { recursive: true });
    for (const name of ["00000001", "00000002"])
      writeFileSync(join(folder, `${sha256(weights)}.${name}.incomplete`), "part");
    const longAgo = Date.now() / 1000 - 3600;
    utimesSync(join(folder, `${sha256(weights)}.00000001.incomplete`), longAgo, longAgo);
    await fetchWeights();
    expect(blobs().filter((name) => name.includes("incomplete"))).toEqual([
      `${sha256(weights)}.00000002.incomplete`,
    ]);
  });

  it("replaces a blob of another size, and a link that leads nowhere", async () => {
    const hash = add().refs.get("main")!;
    await modelFolder("org/small");
    writeFileSync(join(repositoryFolder(), "blobs", sha256(weights)), "torn");
    const pointer = join(repositoryFolder(), "snapshots", hash, "config.json");
    rmSync(pointer);
    symlinkSync("../../blobs/gone", pointer);
    const folder = await modelFolder("org/small");
    expect(readFileSync(join(folder, "model.safetensors")).equals(weights)).toBe(true);
    expect(readFileSync(join(folder, "config.json"), "utf8")).toBe(config);
  });

  const disk = mountedMemory("256k");
  it.skipIf(disk === undefined)("on a full disk says so and leaves nothing (D6)", async () => {
    add();
    vi.stubEnv("HF_HUB_CACHE", disk!.folder);
    await expect(fetchWeights()).rejects.toMatchObject({ code: "FILES_DISK_FULL" });
    expect(
      namesUnder(join(disk!.folder, "models--org--small")).filter((name) => name.startsWith("blobs")),
    ).toEqual([]);
    disk!.remount("size=1m");
    expect((await fetchWeights()).content.equals(weights)).toBe(true);
    disk!.remove();
  });
});

/** A process that asks for the model; fulfilled with its exit code, or null where it was killed. */
function child(): { kill(): void; readonly ended: Promise<number | null> } {
  const program = join(import.meta.dirname, "children/fetches.ts");
  const started = spawn(process.execPath, ["--import", "tsx", program, "org/small"], {
    env: { ...process.env, ...world().environment },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return {
    kill: () => started.kill("SIGKILL"),
    ended: new Promise((resolve) => started.on("exit", resolve)),
  };
}

describe("several processes", () => {
  it(`${AT_ONCE} that download one file at once leave one good blob (D5)`, async () => {
    add();
    // None gets a byte before all have asked for the file.
    let asked = 0;
    let open: () => void = () => {};
    const all = new Promise<void>((resolve) => {
      open = resolve;
    });
    world().hub.gate = async ({ host }) => {
      if (host !== "cdn") return;
      if (++asked === AT_ONCE) open();
      await all;
    };
    const codes = await Promise.all(Array.from({ length: AT_ONCE }, () => child().ended));
    expect(codes).toEqual(Array(AT_ONCE).fill(0));
    expect(bodies().length).toBe(AT_ONCE);
    expect(blobs()).toEqual([gitSha1(Buffer.from(config)), sha256(weights)].sort());
    expect(sha256(readFileSync(join(repositoryFolder(), "blobs", sha256(weights))))).toBe(sha256(weights));
  });

  const kills = full ? 200 : 3;
  it(`killed at ${kills} moments of a download, none does harm: the next one ends with the file (D8)`, async () => {
    add();
    const blob = join(repositoryFolder(), "blobs", sha256(weights));
    let during = 0;
    for (let round = 0; round < kills; round++) {
      let killed: () => void = () => {};
      // The moment is a number of bytes of the file, so that every kill falls into the download.
      const moment = (SIZE * (round + 0.5)) / kills;
      world().hub.fault = () => ({
        slow: 2,
        onPiece: (sent) => {
          if (sent >= moment) killed();
        },
      });
      const running = child();
      killed = running.kill;
      if ((await running.ended) === null) during++;
      if (existsSync(blob)) {
        expect(sha256(readFileSync(blob))).toBe(sha256(weights));
        rmSync(blob);
      }
    }
    expect(during).toBe(kills);
    world().hub.fault = () => ({});
    expect(await child().ended).toBe(0);
    expect(sha256(readFileSync(blob))).toBe(sha256(weights));
  });
});
