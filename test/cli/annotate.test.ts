import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { writeTinyModel } from "../infer/tinyModel.js";
import { testIo } from "./testIo.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-cli-annotate-"));
const [corpus, output] = [join(scratch, "corpus.txt"), join(scratch, "out")];
let model: string;

beforeAll(async () => {
  model = await writeTinyModel(join(scratch, "model"));
  writeFileSync(corpus, "Anna lives in Berlin.\n".repeat(200));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function ran(...args: readonly string[]) {
  const { io, stdout, stderr } = testIo();
  const code = await nerium(["annotate", ...args], io);
  return { code, out: stdout.text, err: stderr.text };
}

const annotated = (...more: readonly string[]) =>
  ran(model, corpus, "--output", output, "--shard-size", "1K", "--threads", "1", ...more);

describe("nerium annotate", () => {
  it("writes shards and says how many, and status and verify agree", async () => {
    const { code, out, err } = await annotated();
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/shards {2}5 of 5 finished, 0 running\nrows {4}200 of 200 \(100%\)\nerrors {2}0\n/);
    expect(out).toBe((await ran("--status", "--output", output)).out);
    const json = JSON.parse((await ran("--status", "--output", output, "--json")).out);
    expect(json).toMatchObject({ schema_version: 1, shards: 5, finished: 5, rows: 200 });
    expect(await ran("--verify", "--output", output)).toMatchObject({
      ...{ code: 0, out: expect.stringContaining("200 are in the output once, in order") },
    });
  });

  it("ends with code 1 if a shard is damaged, and says which", async () => {
    await annotated();
    const shard = readdirSync(output).find((name) => name.startsWith("shard-00003"))!;
    writeFileSync(join(output, shard), "");
    const { code, out, err } = await ran("--verify", "--output", output);
    expect(code).toBe(1);
    expect(out).toContain("5, 1 problem");
    expect(err).toContain(`${shard} has 0 bytes instead of`);
    expect(err).toContain("ANNOTATE_VERIFY_FAILED");
  });

  it("says how long it takes, and writes nothing", async () => {
    const { code, out } = await ran(model, corpus, "--plan", "--shard-size", "1K", "--threads", "1");
    expect(code).toBe(0);
    expect(out).toMatch(/rows from all over the files took .* here: [\d,]+ rows per second\./);
    expect(out).toMatch(/machines like this one +time\n1 +\d/);
  });

  it.each([
    [[], "MODEL is missing"],
    [["MODEL"], "INPUT is missing"],
    [["MODEL", "CORPUS"], "--output is missing"],
    [["--status"], "--status needs --output"],
    [["--verify", "MODEL", "--output", "x"], "--verify takes no MODEL"],
    [["--verify", "--status", "--output", "x"], "--status, --verify and --plan cannot be combined"],
    [["MODEL", "CORPUS", "--output", "x", "--shard", "8/8"], "--shard must be a number from 0"],
    [["MODEL", "CORPUS", "--output", "x", "--shard-size", "8T"], "--shard-size must be a number of bytes"],
    [["MODEL", "CORPUS", "--output", "x", "--queue", "host"], "--queue must be an address"],
    [["MODEL", "CORPUS", "--output", "x", "--labels", "NOPE"], "--labels must be a list of"],
  ])("of %j is refused", async (args, message) => {
    const names: Record<string, string> = { MODEL: model, CORPUS: corpus, x: join(scratch, "refused") };
    const { code, err } = await ran(...args.map((arg) => names[arg] ?? arg));
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
    // No plan is left of a command that is wrong.
    expect(readdirSync(scratch).includes("refused") && readdirSync(join(scratch, "refused")).length > 0).toBe(
      false,
    );
  });
});
