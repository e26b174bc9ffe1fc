/** A hub, an empty cache, and an environment that leads to both. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";
import { HubClient } from "../../src/hub/client.js";
import { hubSettings } from "../../src/hub/settings.js";
import { TestHub } from "./server.js";

export interface World {
  readonly hub: TestHub;
  /** `HF_HOME`. */
  readonly home: string;
  /** The cache's folder in it. */
  readonly cache: string;
  /** What a child process needs besides. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Makes a world before each test, and takes it away after. */
export function worldOfEachTest(): () => World {
  let world: World | undefined;
  beforeEach(async () => {
    const hub = await TestHub.start();
    const home = mkdtempSync(join(tmpdir(), "nerium-hub-"));
    const environment = { HF_HOME: home, HF_ENDPOINT: hub.url, HF_HUB_OFFLINE: "" };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    for (const name of ["HF_TOKEN", "HF_HUB_CACHE", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
      vi.stubEnv(name, undefined);
    world = { hub, home, cache: join(home, "hub"), environment };
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await world?.hub.stop();
    if (world !== undefined) rmSync(world.home, { recursive: true, force: true });
    world = undefined;
  });
  return () => world!;
}

/** A client of the world's hub that waits for nothing, and how long it would have waited. */
export async function impatientClient(): Promise<{ client: HubClient; waits: number[] }> {
  const waits: number[] = [];
  const client = new HubClient(await hubSettings(), {
    wait: async (milliseconds) => {
      waits.push(milliseconds);
    },
  });
  return { client, waits };
}

/** Names of the files under a folder, links included, sorted. */
export const namesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort();

/** Bytes that do not repeat, the same each time. */
export function bytesOf(size: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let state = seed;
  for (let index = 0; index < size; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}
