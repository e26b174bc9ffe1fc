// Runs npm: the one that started this script, else the one on the path.
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/** Runs `npm ARGS` and returns what it prints. Throws what it printed to standard error if it fails. */
export async function npm(args, { cwd, env = process.env } = {}) {
  const script = process.env.npm_execpath;
  const [command, given] = script?.endsWith(".js") ? [process.execPath, [script, ...args]] : ["npm", args];
  const shell = process.platform === "win32" && command === "npm";
  try {
    const { stdout } = await promisify(execFile)(command, given, { cwd, env, shell, maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    throw new Error(`npm ${args.join(" ")} failed:\n${error.stderr || error.message}`);
  }
}

const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ENOTCACHED|ERR_SOCKET_TIMEOUT)\b/;

/**
 * Installs the packages that only some tests and benchmarks need, in the folder of their own `package-lock.json`.
 * Does nothing if they are installed already. No install script runs.
 * Returns why they are missing if npm's registry cannot be reached, else undefined.
 */
export async function installed(folder) {
  const [lock, stamp] = [join(folder, "package-lock.json"), join(folder, "node_modules", ".installed.json")];
  if (existsSync(stamp) && readFileSync(stamp).equals(readFileSync(lock))) return undefined;
  console.error(`Installing the packages of ${folder} …`);
  try {
    await npm(["ci", "--ignore-scripts", "--prefer-offline", "--fetch-retries=1"], { cwd: folder });
  } catch (error) {
    if (UNREACHABLE.test(error.message)) return `npm's registry cannot be reached to install ${folder}`;
    throw error;
  }
  copyFileSync(lock, stamp);
  return undefined;
}
