import { spawn } from "node:child_process";
import {
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

/** How a program of `children/` ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The runtime and the programs of `children/` as JavaScript, for plain Node processes. */
export interface Programs {
  run(
    name: string,
    args?: readonly string[],
    nodeArgs?: readonly string[],
    env?: NodeJS.ProcessEnv,
  ): Promise<Ended>;
  remove(): void;
}

export function compilePrograms(): Programs {
  // Inside node_modules, where the compiled files find the packages they import.
  const cache = join(repository, "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  const root = mkdtempSync(join(cache, "runtime-"));
  const manifest = { name: "nerium", type: "module", exports: { "./package.json": "./package.json" } };
  writeFileSync(join(root, "package.json"), JSON.stringify(manifest));
  mkdirSync(join(root, "dist"));
  symlinkSync(join(repository, "dist/native"), join(root, "dist/native"), "junction");
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  const engines = "src/runtime/engines";
  const folders = [
    "src",
    "src/runtime",
    engines,
    `${engines}/host`,
    `${engines}/onnxruntime`,
    `${engines}/openvino`,
    "test/runtime",
    "test/runtime/children",
  ];
  for (const folder of folders) {
    for (const name of readdirSync(join(repository, folder))) {
      if (!name.endsWith(".ts") || name.endsWith(".test.ts")) continue;
      const { outputText } = ts.transpileModule(readFileSync(join(repository, folder, name), "utf8"), {
        compilerOptions,
      });
      const target = join(root, folder, name.replace(/\.ts$/, ".js"));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, outputText);
    }
  }
  return {
    run: (name, args = [], nodeArgs = [], env = {}) =>
      ended([...nodeArgs, join(root, "test/runtime/children", `${name}.js`), ...args], env),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function ended(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], { env: { ...process.env, NODE_OPTIONS: "", ...env } });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      // A child that is to be ended from outside says when it is ready for it.
      if (String(chunk).includes("kill me")) child.kill("SIGTERM");
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
