/** `nerium serve` as a process: how it starts, what it prints, and how it ends. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { tinyModel, until } from "./testServer.js";

const repository = resolve(import.meta.dirname, "../..");
const scratch = mkdtempSync(join(tmpdir(), "nerium-serve-process-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Starts the command. */
function serve(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(repository, "src/cli/main.ts"), "serve", ...args],
    { cwd: repository, env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1", ...env } },
  );
  const running = {
    child,
    stdout: "",
    stderr: "",
    get url() {
      return /listening on (http:\S+),/.exec(running.stderr)?.[1] ?? "";
    },
    ended: new Promise<number | null>((done) => child.on("close", (code) => done(code))),
  };
  child.stdout.on("data", (text) => {
    running.stdout += text;
  });
  child.stderr.on("data", (text) => {
    running.stderr += text;
  });
  return running;
}

describe("nerium serve", () => {
  it("goes on when nobody reads its log", async () => {
    const running = serve([await tinyModel, "--port", "0", "--threads", "1"]);
    running.child.stdout.destroy();
    await until(() => running.stderr.includes("ready after"));
    const ask = async () => (await fetch(`${running.url}/v1/models`)).status;
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 200]);
    expect(running.stderr.match(/warning: Could not write to standard output/g)).toHaveLength(1);
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(0);
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "finishes what it has begun on %s, and ends with 0",
    async (signal) => {
      const config = join(scratch, `${signal}.yaml`);
      writeFileSync(config, `models:\n  tiny: ${JSON.stringify(await tinyModel)}\nport: 0\nthreads: 1\n`);
      const running = serve(["--config", config, "--max-texts", "5"], { NERIUM_SERVE_LOG_LEVEL: "info" });
      await until(() => running.stderr.includes("ready after"));
      expect(running.stderr).toMatch(
        /^ {2}tiny {2}PER, LOC {2}BertForTokenClassification, fp32 with onnxruntime, \d+ MB$/m,
      );
      const { url } = running;
      const json = (path: string, body: unknown) =>
        fetch(url + path, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        });
      expect((await json("/v1/entities", { texts: Array(6).fill("a") })).status).toBe(413);
      // An answer of which the client has read the first line when the signal comes.
      let more: ((line: string | undefined) => void) | undefined;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          more = (line) =>
            line === undefined ? controller.close() : controller.enqueue(new TextEncoder().encode(line));
        },
      });
      more!('"Anna"\n');
      const stream = await fetch(`${url}/v1/entities`, {
        method: "POST",
        headers: { "content-type": "application/x-ndjson" },
        body,
        duplex: "half",
      } as RequestInit);
      const reader = stream.body!.getReader();
      expect(new TextDecoder().decode((await reader.read()).value)).toMatch(/^\{"line":1,"entities"/);
      running.child.kill(signal);
      await until(() => running.stderr.includes("shutting down"));
      await expect(json("/v1/entities", { text: "late" })).rejects.toThrow();
      more!('"late"\n');
      expect(new TextDecoder().decode((await reader.read()).value)).toContain("SERVE_DRAINING");
      more!(undefined);
      expect((await reader.read()).done).toBe(true);
      expect(await running.ended).toBe(0);
      const log = running.stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(log.map(({ status }) => status).filter(Boolean)).toEqual([413, 200]);
    },
  );

  it("ends while it loads its models, too", async () => {
    const running = serve([await tinyModel, "--port", "0"]);
    await until(() => running.url !== "");
    running.child.kill("SIGTERM");
    expect(await running.ended).toBe(0);
  });

  it.each([
    [["/no/such/model"], 1, /MODEL_FOLDER_MISSING/],
    [[], 2, /No model given/],
    [["a", "b/a"], 2, /Two models have the name a/],
    [["a", "--max-texts", "none"], 2, /SERVE_SETTING_INVALID[\s\S]*--max-texts/],
    [["a", "--dtype", "fp64"], 2, /CLI_BAD_VALUE/],
    [["a", "--api-keys", "b"], 2, /CLI_USAGE/],
    [["a", "--config", "/no/such/file"], 1, /FILES_NOT_FOUND/],
  ])("with %j ends with %i", async (args, code, message) => {
    const running = serve([...args, "--port", "0"]);
    expect(await running.ended).toBe(code);
    expect(running.stderr).toMatch(message);
  });
});
