// npm run test:examples [-- PAGE…]: runs every example of README.md and docs/, page by page: commands in order, programs, and
// recipes. Hub, MLflow and servers are stand-ins on this machine. Prints what was not run, and why.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TOKEN } from "../../hub/answers.js";
import { TestHub } from "../../hub/server.js";
import { MlflowServer } from "../../track/mlflowServer.js";
import { answers, freePort } from "../../track/server.js";
import { type Example, examplesOf } from "./examples.js";
import { program, repository, workspace } from "./workspace.js";

/** Examples that are not run here, by what they contain. */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^npm (ci|install)|&& npm /, "installs or tests the repository: .ci/run does"],
  [/^(docker|kubectl) /, "needs a container engine"],
  [/^(mpiexec|srun) /, "needs MPI"],
  [
    /^python |^from huggingface_hub|^tensorboard |^bench\/python/,
    "needs Python: tests compare with it where it is",
  ],
  [/^node scripts\/openvino-package/, "needs OpenVINO: .ci/run builds this package where it is"],
  [
    /@huggingface\/transformers|crf\.safetensors"\)\)\.arrayBuffer/,
    "needs a browser: examples/browser is tested in one",
  ],
];

/** What stands around an example of a page. */
const BEFORE: Readonly<Record<string, string>> = {
  "docs/redaction.md":
    'const letter = "Anna Smith paid."; const key = "0123456789abcdef".repeat(4); const ask = async (text) => text;\n',
};

const hub = await TestHub.start();
const mlflow = new MlflowServer();
const home = mkdtempSync(join(tmpdir(), "nerium-examples-home-"));
const environment = {
  ...process.env,
  HF_HOME: home,
  HF_ENDPOINT: hub.url,
  HF_TOKEN: TOKEN,
  MLFLOW_TRACKING_URI: await mlflow.start(),
  TRACKIO_SERVER_URL: "http://127.0.0.1:9",
};
const port = await freePort();
const base = await workspace();

const counts = { run: 0, failed: 0, skipped: new Map<string, number>() };
let folder = base;
let server: { readonly stop: () => Promise<void> } | undefined;

/** `nerium` and `npx nerium` are the program of this repository, 8080 is a free port, and the account is that of the test hub. */
const SHELL = `nerium() { "${process.execPath}" "${program}" "$@"; }; npx() { shift; nerium "$@"; }; curl() { command curl --silent --show-error --fail-with-body "$@"; };`;
const here = (text: string) =>
  text.replaceAll("8080", String(port)).replace(/(push\S* (?:my-model )?)my-account/g, "$1tester");

/** Commands that end when they are told to. */
const isServer = (text: string) =>
  /^(npx )?nerium (serve|dashboard|data review)\b/.test(text) ||
  / &$/.test(text) ||
  text.includes("createServer");

/** Removes what a command is about to write, since examples of a page repeat each other. */
function clear(text: string): void {
  if (/--resume|--seeds|--dry-run|--undo|--status|--verify/.test(text)) return;
  const given = /--output[ =]([\w./-]+)/.exec(text)?.[1];
  const own = /nerium train recipe\.yaml/.test(text) ? "my-model" : undefined;
  const converted = /nerium convert [\w./-]+ ([\w./-]+)/.exec(text)?.[1];
  for (const name of [given ?? own, converted, /--predictions ([\w./-]+)/.exec(text)?.[1]])
    if (name !== undefined) rmSync(join(folder, name), { recursive: true, force: true });
}

async function command(text: string): Promise<string | undefined> {
  const script = /^npm run (?:--silent )?([\w:-]+)/.exec(text)?.[1];
  if (script !== undefined) {
    const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
    return script in scripts ? undefined : `package.json has no script ${script}`;
  }
  clear(text);
  if (/^curl /.test(text) && server === undefined) await serve("nerium serve my-model");
  if (isServer(text)) return serve(text);
  const child = spawn("bash", ["-e", "-o", "pipefail", "-c", `${SHELL}\n${here(text)}`], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return ended(child, /--device (webgpu|cuda)/.test(text) ? /RUNTIME_(WEBGPU|CUDA|DEVICE)_/ : undefined);
}

/** Waits for the end of a process. Returns what it printed if it failed. */
async function ended(child: ReturnType<typeof spawn>, may?: RegExp): Promise<string | undefined> {
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (part) => {
      printed += part;
    });
  const [code] = await once(child, "close");
  return code === 0 || may?.test(printed) ? undefined : `ended with ${code}:\n${printed.slice(-800)}`;
}

/** Starts a server and waits until it answers. The next server, or the end of the page, stops it. */
async function serve(text: string): Promise<string | undefined> {
  await stopServer();
  const isService = /nerium serve|createServer|server\.mjs/.test(text);
  const at = isService ? port : await freePort();
  const line = here(text.replace(/ &$/, ""));
  const run = line.replace(/^(npx )?nerium/, `exec "${process.execPath}" "${program}"`);
  const child = spawn("bash", ["-c", isService && /nerium serve/.test(text) ? `${run} --port ${at}` : run], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const address = new Promise<string>((found) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (part) => {
        printed += part;
        const url = /http:\/\/[\w.:]+(\/[\w?=&%-]*)?/.exec(printed)?.[0];
        if (url !== undefined) found(url);
      });
  });
  const over = once(child, "close").then(([code]) => code as number | null);
  const url = isService ? `http://127.0.0.1:${at}` : await Promise.race([address, over.then(() => "")]);
  const isNerium = /nerium serve|example-\d/.test(text);
  const ready = url !== "" && answers(isNerium ? `${url}/readyz` : url);
  const failed = await Promise.race([
    Promise.resolve(ready).then(() => undefined),
    over.then((code) => `ended with ${code}:\n${printed.slice(-800)}`),
    new Promise<string>((late) =>
      setTimeout(() => late(`did not answer:\n${printed.slice(0, 800)}`), 60_000).unref(),
    ),
  ]);
  server = {
    async stop() {
      child.kill("SIGTERM");
      await over;
    },
  };
  return failed;
}

async function stopServer(): Promise<void> {
  await server?.stop();
  server = undefined;
}

async function programOf(text: string, page: string, number: number): Promise<string | undefined> {
  const named = /^\/\/ ([\w.-]+\.mjs)\n/.exec(text)?.[1];
  const name = named ?? `example-${number}.mjs`;
  writeFileSync(join(folder, name), here(`${BEFORE[page] ?? ""}${text}\n`));
  // A page that names the file starts it itself.
  if (named !== undefined) return undefined;
  for (const [, output] of text.matchAll(/(?:output: |annotate\(.*\], )"([\w-]+)"/g))
    rmSync(join(folder, output!), { recursive: true, force: true });
  if (isServer(text)) return serve(`exec "${process.execPath}" ${name}`);
  if (text.includes("localhost:8080") && server === undefined) await serve("nerium serve my-model");
  const child = spawn(process.execPath, [name], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return ended(child);
}

/** A part of a recipe file: it is put behind the recipe of the examples. */
async function recipePart(text: string): Promise<string | undefined> {
  writeFileSync(join(folder, "part.yaml"), `${readFileSync(join(folder, "recipe.yaml"), "utf8")}${text}\n`);
  const sweeps = /^sweep:/m.test(text);
  return command(
    `nerium ${sweeps ? "sweep" : "train"} part.yaml --output part --dry-run${sweeps ? " --trials 2" : ""}`,
  );
}

/** The folder of the other pages has what the quickstart writes, made small. */
const quick = ({ text, fromNothing }: Example): string | undefined =>
  /nerium quickstart/.test(text) && !fromNothing
    ? "takes a minute: the page for beginners runs it"
    : undefined;

async function tried(example: Example, page: string, number: number): Promise<void> {
  const reason = NOT_RUN.find(([pattern]) => pattern.test(example.text))?.[1] ?? quick(example);
  if (reason !== undefined) {
    counts.skipped.set(reason, (counts.skipped.get(reason) ?? 0) + 1);
    return;
  }
  const begin = performance.now();
  const { kind, text } = example;
  const failed =
    kind === "js"
      ? await programOf(text, page, number)
      : kind === "yaml"
        ? await recipePart(text)
        : await command(text);
  counts.run++;
  if (failed !== undefined) counts.failed++;
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(
    `${failed === undefined ? "ok    " : "FAILED"} ${seconds} s  ${page}:${example.line}  ${text.split("\n")[0]}`,
  );
  if (failed !== undefined) console.log(failed);
}

const asked = process.argv.slice(2);
const all = [
  "README.md",
  ...readdirSync(join(repository, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const pages = asked.length === 0 ? all : asked;
try {
  for (const page of pages) {
    const examples = examplesOf(readFileSync(join(repository, page), "utf8"));
    if (examples.length === 0) continue;
    folder = mkdtempSync(join(tmpdir(), "nerium-page-"));
    if (!examples.some(({ fromNothing }) => fromNothing))
      cpSync(base, folder, { recursive: true, verbatimSymlinks: true });
    for (const [index, example] of examples.entries()) await tried(example, page, index + 1);
    await stopServer();
    rmSync(folder, { recursive: true });
  }
} finally {
  await stopServer();
  for (const each of [base, home]) if (existsSync(each)) rmSync(each, { recursive: true });
  await hub.stop();
  await mlflow.stop();
}
for (const [reason, count] of counts.skipped) console.log(`${count} not run: ${reason}`);
console.log(`${counts.run} examples run, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
