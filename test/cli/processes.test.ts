import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import ts from "typescript";
import { afterAll, describe, expect, it } from "vitest";

const repository = resolve(import.meta.dirname, "../..");
const main = join(repository, "src/cli/main.ts");
const scratch = mkdtempSync(join(tmpdir(), "nerium-cli-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs a program of the sources in a process of its own. `act` may look at its output and do something to it. */
function ended(
  args: readonly string[],
  {
    env = {},
    act = () => {},
  }: { env?: NodeJS.ProcessEnv; act?: (child: ChildProcess, seen: string) => void } = {},
): Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", ...args], {
    cwd: repository,
    env: { ...process.env, NODE_OPTIONS: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    act(child, stdout);
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code, signal) => done({ code, signal, stdout, stderr }));
  });
}

const children = (name: string) => join(import.meta.dirname, "children", `${name}.ts`);

describe("the process of a command", () => {
  it.each([[["--help"]], [["--version"]], [["train", "--help"]], [["predict", "--help"]]])(
    "loads no native library for %j",
    async (args) => {
      // Linux shows what a process has mapped; Node's own report does so everywhere.
      const file = join(scratch, `${args.join("")}.json`);
      const spy = `process.on("exit", () => {
        process.report.excludeNetwork = true;
        process.report.writeReport(${JSON.stringify(file)});
      })`;
      const spying = `data:text/javascript,${encodeURIComponent(spy)}`;
      const { code } = await ended(["--import", spying, main, ...args]);
      expect(code).toBe(0);
      const { sharedObjects } = JSON.parse(readFileSync(file, "utf8")) as { sharedObjects: string[] };
      expect(sharedObjects.length).toBeGreaterThan(0);
      expect(sharedObjects.filter((name) => /onnxruntime|tokenizers|koffi|\.node$/.test(name))).toEqual([]);
    },
  );

  it.each(["14.21.3", "18.20.8"])("says in one line which Node it needs, on Node %s", async (old) => {
    const fake = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${old}" } });`;
    const faking = `data:text/javascript,${encodeURIComponent(fake)}`;
    const { code, stdout, stderr } = await ended(["--import", faking, main, "--help"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(`Nerium needs Node 20 or newer, and this is Node ${old}.\n`);
  });

  it("begins with a file that old versions of Node can read", () => {
    const { outputText } = ts.transpileModule(readFileSync(main, "utf8"), {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    const [needed] = /OLDEST_NODE = \d+/.exec(outputText)!;
    const { engines } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
    expect(engines.node).toBe(`>=${needed.split(" ").at(-1)}`);
    // With ES2020 as the target, newer syntax would be written in another way.
    const older = ts.transpileModule(outputText, {
      compilerOptions: { target: ts.ScriptTarget.ES2020, module: ts.ModuleKind.ES2020 },
    });
    expect(older.outputText).toBe(outputText);
    expect(outputText).not.toMatch(/^import |^export .* from|^await /m);
  });

  it("ends with the exit code of its command", async () => {
    const { code, stdout, stderr } = await ended([main, "evaluate"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error: Missing required argument 'MODEL' \[CLI_USAGE\]\n/);
  });

  it("ends quietly when nobody reads on, as in `nerium predict … | head`", async () => {
    const left = await ended([children("writesForever")], { act: (child) => child.stdout!.destroy() });
    expect({ code: left.code, stderr: left.stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("of a training run goes on when nobody reads on", async () => {
    const left = await ended([children("writesForever"), "keep going"], {
      act: (child) => child.stdout!.destroy(),
    });
    expect(left.code).toBe(0);
    expect(left.stderr).toBe(
      "warning: Could not write to standard output: its reader has ended. The command continues without it.\nreached the end\n",
    );
  });

  const onFullDisk = (args: string[]) =>
    spawnSync("sh", ["-c", 'exec "$@" > /dev/full', "sh", process.execPath, "--import", "tsx", ...args], {
      cwd: repository,
      env: { ...process.env, NODE_OPTIONS: "" },
      encoding: "utf8",
    });

  it.skipIf(!existsSync("/dev/full"))("names the full disk of its output, without a stack", () => {
    for (const args of [[main, "--help"], [main, "train", "--help"], [children("writesForever")]]) {
      const { status, stderr } = onFullDisk(args);
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^error: Could not write to standard output: no space .*FILES_DISK_FULL.*\n.*\n$/,
      );
    }
  });

  it.skipIf(!existsSync("/dev/full"))("of a training run says once that its log is lost, and goes on", () => {
    const { status, stderr } = onFullDisk([children("writesForever"), "keep going"]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^warning: .*no space left.*\nreached the end\n$/);
  });

  it.skipIf(!existsSync("/dev/full"))("does not depend on standard error", () => {
    const { status, stdout } = spawnSync(
      "sh",
      ["-c", 'exec "$@" 2> /dev/full', "sh", process.execPath, "--import", "tsx", main, "evaluate"],
      { cwd: repository, env: { ...process.env, NODE_OPTIONS: "" }, encoding: "utf8" },
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  const python = spawnSync("python3", ["-c", "import pty"]).status === 0;
  it.skipIf(!python)("of a training run goes on when its terminal is closed, and ends normally", () => {
    const program = `
import os, pty, subprocess, sys
master, terminal = pty.openpty()
child = subprocess.Popen(sys.argv[1:], stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True)
os.close(terminal)
os.read(master, 100)
os.close(master)
print(child.wait())`;
    const { stdout } = spawnSync(
      "python3",
      ["-c", program, process.execPath, "--import", "tsx", children("writesForever"), "keep going"],
      { cwd: repository, env: { ...process.env, NODE_OPTIONS: "" }, encoding: "utf8" },
    );
    expect(stdout).toBe("0\n");
  });
});

describe("an interruption", () => {
  /** Sends a signal when the child has said a word. */
  const at = (word: string, signal: NodeJS.Signals) => {
    let sent = false;
    return (child: ChildProcess, seen: string) => {
      if (sent || !seen.includes(word)) return;
      sent = true;
      child.kill(signal);
    };
  };

  it.each([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s lets work end cleanly, with exit code %i", async (signal, expected) => {
    const { code, stdout } = await ended([children("stopsInTime"), "at once"], {
      act: at("working", signal),
    });
    expect({ code, stdout }).toEqual({ code: expected, stdout: "working\nstopping\nsaved\n" });
  });

  it("by a second SIGHUP, as of a terminal that closes, still lets work end", async () => {
    const first = at("working", "SIGHUP");
    const second = at("stopping", "SIGHUP");
    const { code, stdout } = await ended([children("stopsInTime"), "soon"], {
      act: (child, seen) => {
        first(child, seen);
        second(child, seen);
      },
    });
    expect({ code, stdout }).toEqual({ code: 129, stdout: "working\nstopping\nsaved\n" });
  });

  it("ends the process at once the second time", async () => {
    const first = at("working", "SIGINT");
    const second = at("stopping", "SIGTERM");
    const { code, stdout } = await ended([children("stopsInTime")], {
      act: (child, seen) => {
        first(child, seen);
        second(child, seen);
      },
    });
    expect({ code, stdout }).toEqual({ code: 143, stdout: "working\nstopping\n" });
  });
});

describe("what the command line imports", () => {
  /** Modules that a source file loads as soon as it is loaded itself, and packages, over all that it reaches. */
  function reached(file: string, seen = new Map<string, string[]>()): Map<string, string[]> {
    if (seen.has(file)) return seen;
    const source = readFileSync(file, "utf8");
    const names = [...source.matchAll(/^(?:import|export)\s(?!type\s)(?:[^;]*?\sfrom\s)?"([^"]+)";/gms)].map(
      ([, name]) => name!,
    );
    seen.set(
      file,
      names.filter((name) => !name.startsWith(".")),
    );
    for (const name of names.filter((each) => each.startsWith("."))) {
      const target = resolve(file, "..", name.replace(/\.js$/, ".ts"));
      expect(existsSync(target), `${file} imports ${name}`).toBe(true);
      reached(target, seen);
    }
    return seen;
  }
  const packages = (file: string) =>
    [...new Set([...reached(join(repository, "src/cli", file)).values()].flat())]
      .filter((name) => !name.startsWith("node:"))
      .sort();

  it("before a command is called is the parser, colours, and whether a launcher of several processes has started it", () => {
    expect(packages("nerium.ts")).toEqual(["commander", "picocolors"]);
    const rooms = [...reached(join(repository, "src/cli/nerium.ts")).keys()].map((file) =>
      file.slice(join(repository, "src/").length),
    );
    expect(rooms.filter((file) => !file.startsWith("cli/"))).toEqual([
      ...["collective/launch.ts", "errors.ts", "shown.ts", "collective/errors.ts"],
    ]);
  });

  it.each(["evaluate", "predict", "quickstart"])("for the help of %s is no more than that", (command) => {
    expect(packages(`commands/${command}.ts`)).toEqual(["commander", "picocolors"]);
  });

  it("for the help of train is the list of a recipe's fields besides", () => {
    expect(packages("commands/train.ts")).toEqual(["commander", "fastest-levenshtein", "picocolors", "zod"]);
  });
});
