/** The examples of servers and clients run as their README says, on the built package. */
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { load } from "../../src/infer/index.js";
import { writeTinyModel } from "../infer/tinyModel.js";

const root = resolve(import.meta.dirname, "../..");
const isBuilt = existsSync(join(root, "dist/index.js"));
const python = process.env.NERIUM_PYTHON;
const hasCurl = spawnSync("curl", ["--version"]).status === 0;

const scratch = mkdtempSync(join(tmpdir(), "nerium-examples-"));
const texts = ["😀 o b i a", "o a o"];
let model: string;
/** What the library finds, one line for each text. */
let found: string[];

/** Starts a program, and resolves with the first address that it prints. */
async function started(args: readonly string[]): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\/\/[\d.:]+/.exec(line) ?? [];
    if (url === undefined) continue;
    child.stdout.resume();
    return { url, child };
  }
  throw new Error("it ended before it listened");
}

/** Ends a server as a platform does, and returns its exit code. */
async function ended(child: ChildProcess): Promise<number | null> {
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  return (await exit)[0];
}

async function ready(url: string): Promise<void> {
  while (!(await fetch(`${url}/readyz`)).ok) await new Promise((resolve) => setTimeout(resolve, 20));
}

const run = async (program: string, args: readonly string[], input = "") => {
  // Offline, Python's client refuses every address.
  const env = { ...process.env, HF_HUB_OFFLINE: "0" };
  const running = promisify(execFile)(program, args, { cwd: root, env });
  running.child.stdin!.end(input);
  return (await running).stdout;
};
const node = (name: string, ...args: string[]) => run(process.execPath, [join("examples", name), ...args]);
const tsx = (args: readonly string[], input = "") =>
  run(process.execPath, ["node_modules/tsx/dist/cli.mjs", "examples/client.ts", ...args], input);

beforeAll(async () => {
  if (!isBuilt) return;
  model = await writeTinyModel(join(scratch, "model"));
  const ner = await load(model);
  found = (await ner(texts)).map((entities) =>
    entities.map(({ type, text, start, end }) => `${type} ${text} ${start}-${end}`).join(", "),
  );
  await ner.dispose();
  expect(found.every((line) => line !== "")).toBe(true);
});
afterAll(() => rmSync(scratch, { recursive: true }));

describe.skipIf(!isBuilt)("with nerium serve (needs npm run build)", () => {
  let server: Awaited<ReturnType<typeof started>>;
  beforeAll(async () => {
    server = await started(["dist/cli/main.js", "serve", model, "--port", "0"]);
    await ready(server.url);
  });
  afterAll(async () => {
    expect(await ended(server.child)).toBe(0);
  });

  it("client.ts prints the entities of its arguments", async () => {
    expect(await tsx([server.url, ...texts])).toBe(`${found.join("\n")}\n`);
  });

  it("client.ts prints the entities of any number of lines", async () => {
    const many = Array.from({ length: 200 }, () => texts).flat();
    expect(await tsx([server.url], `${many.join("\n")}\n`)).toBe(`${found.join("\n")}\n`.repeat(200));
  });

  it("client.ts says what is wrong", async () => {
    await expect(tsx([server.url, "x".repeat(100_001)])).rejects.toThrow(
      /100001 characters.*SERVE_TEXT_TOO_LONG/s,
    );
  });

  it("huggingface.mjs prints what Python's pipeline finds", async () => {
    const ner = await load(model);
    const options = { aggregationStrategy: "first", offsets: "code-points" } as const;
    const entities = await ner(texts[0]!, options);
    await ner.dispose();
    expect(entities.length).toBeGreaterThan(0);
    const lines = entities.map(
      ({ type, text, start, end, score }) => `${type} ${text} ${start}-${end} ${score.toFixed(2)}\n`,
    );
    expect(await node("huggingface.mjs", server.url, texts[0]!)).toBe(lines.join(""));
  });

  it.skipIf(python === undefined)("client.py prints the same (needs NERIUM_PYTHON)", async () => {
    expect(await run(python!, ["examples/client.py", server.url, texts[0]!])).toBe(
      await node("huggingface.mjs", server.url, texts[0]!),
    );
  });

  it.skipIf(!hasCurl)("client.sh prints an answer for each request (needs curl)", async () => {
    const answers = (await run("sh", ["examples/client.sh", server.url])).trimEnd().split("\n");
    const [text, words, first, second, huggingFace] = answers.map((line) => JSON.parse(line));
    expect(answers).toHaveLength(5);
    expect(text).toMatchObject({ offset_unit: "utf-16", windows: 1 });
    expect(words.entities).toBeInstanceOf(Array);
    expect([first.line, second.line, second.id]).toEqual([1, 2, 7]);
    expect(huggingFace).toBeInstanceOf(Array);
  });
});

describe.skipIf(!isBuilt)("a server of your own (needs npm run build)", () => {
  it("fastify.mjs has Nerium's routes below a path, and its own", async () => {
    const { url, child } = await started(["examples/fastify.mjs", model, "0"]);
    expect(await (await fetch(`${url}/hello`)).text()).toBe("hello");
    expect(await tsx([`${url}/ner/`, ...texts])).toBe(`${found.join("\n")}\n`);
    expect(await tsx([`${url}/ner/`], texts.join("\n"))).toBe(`${found.join("\n")}\n`);
    const page = await fetch(`${url}/ner/`, { headers: { accept: "text/html" } });
    expect(await page.text()).toContain("<title>Nerium");
    const wrong = await fetch(`${url}/ner/v1/nothing`);
    expect([wrong.status, wrong.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    expect(await ended(child)).toBe(0);
  });

  it("nextRoute.mjs answers requests as Next.js makes them", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const route = "../../examples/nextRoute.mjs";
    const { POST } = (await import(route)) as {
      POST(request: Request): Promise<Response>;
    };
    const post = async (body: string, signal: AbortSignal | null = null) => {
      const response = await POST(
        new Request("http://localhost/api/entities", { method: "POST", body, signal }),
      );
      return [response.status, response.status === 499 ? undefined : await response.json()];
    };
    process.env.NERIUM_MODEL = join(scratch, "nowhere/else/model");
    expect(await post(JSON.stringify({ text: texts[1] }))).toEqual([500, { error: "Internal error" }]);
    expect(log).toHaveBeenCalledOnce();
    process.env.NERIUM_MODEL = model;
    const [status, answer] = await post(JSON.stringify({ text: texts[1] }));
    const ner = await (globalThis as unknown as { nerModel: ReturnType<typeof load> }).nerModel;
    expect([status, answer]).toEqual([200, { entities: await ner(texts[1]!) }]);
    for (const body of ["", "{}", '{"text": 1}', JSON.stringify({ text: "x".repeat(20_001) })])
      expect((await post(body))[0]).toBe(422);
    expect(await post(JSON.stringify({ text: texts[1] }), AbortSignal.abort())).toEqual([499, undefined]);
    await ner.dispose();
    log.mockRestore();
    delete process.env.NERIUM_MODEL;
  });
});
