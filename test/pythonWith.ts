import { spawnSync } from "node:child_process";

/**
 * Returns the interpreter in NERIUM_PYTHON if it has these packages. `bench/python/setup` makes one that has all;
 * an older one may lack some.
 */
export function pythonWith(...packages: readonly string[]): string | undefined {
  const python = process.env.NERIUM_PYTHON;
  if (python === undefined) return undefined;
  const program =
    "import importlib.util, sys; sys.exit(any(importlib.util.find_spec(name) is None for name in sys.argv[1:]))";
  return spawnSync(python, ["-c", program, ...packages]).status === 0 ? python : undefined;
}
