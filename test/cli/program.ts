import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** How a process ended, and its output on standard error. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** The command line compiled to JavaScript, so that hundreds of processes need not compile it each time. */
export interface Program {
  /** The file that Node runs. */
  readonly main: string;
  start(args: readonly string[], options?: StartOptions): Running;
  remove(): void;
}

/** How to start a process. */
export interface StartOptions {
  /** A shell command that runs before, such as `ulimit -f 100;`. */
  readonly prefix?: string;
  /** A command that starts the process, such as mpiexec with its arguments. */
  readonly launcher?: readonly string[];
  /** Further variables of the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A process of the command line. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export function compiledProgram(): Program {
  // The folder is in node_modules, so that the compiled files find the packages that they import.
  const cache = join(repository, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const root = mkdtempSync(join(cache, "nerium-"));
  cpSync(join(repository, "package.json"), join(root, "package.json"));
  // Where the package has its library.
  symlinkSync(join(repository, "dist"), join(root, "dist"), "junction");
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  const sources = join(repository, "src");
  for (const name of readdirSync(sources, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts")) continue;
    const { outputText } = ts.transpileModule(readFileSync(join(sources, name), "utf8"), { compilerOptions });
    const target = join(root, "src", name.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
  const main = join(root, "src", "cli", "main.js");
  return {
    main,
    start(args, { prefix, launcher = [], env } = {}) {
      const command = [...launcher, process.execPath, main, ...args];
      const [program, ...rest] =
        prefix === undefined ? command : ["sh", "-c", `${prefix} exec "$@"`, "sh", ...command];
      const child = spawn(program!, rest, {
        env: { ...process.env, NODE_OPTIONS: "", ...env },
        stdio: ["ignore", "ignore", "pipe"],
      });
      let stderr = "";
      child.stderr!.on("data", (chunk) => {
        stderr += chunk;
      });
      const ended = new Promise<Ended>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code, signal) => resolve({ code, signal, stderr }));
      });
      return { child, ended };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
