import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SOURCE = join(import.meta.dirname, "standIns.c");
const LIBRARIES = ["cudart", "cublas", "cublasLt", "curand", "cuda", "cudnn"] as const;

/**
 * Compiles stand-ins for the libraries of NVIDIA that a provider needs into a folder: see standIns.c. What that file does not define
 * does nothing and returns 0. Needs `cc` and `nm`.
 */
export function compileStandIns(provider: string, folder: string): void {
  const symbols = execFileSync("nm", ["-D", "--undefined-only", provider], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  })
    .split("\n")
    .map((line) => line.trim().split(" ").at(-1)!);
  const source = readFileSync(SOURCE, "utf8");
  for (const library of LIBRARIES) {
    const needed = symbols.map((symbol) => symbol.split("@") as [string, string | undefined]);
    const own =
      library === "cuda"
        ? needed.filter(([name, version]) => /^cu[A-Z]/.test(name) && version === undefined)
        : needed.filter(([, version]) => version?.startsWith(`lib${library}.so.`));
    // cuDNN is loaded by name, so its functions are not among the symbols.
    const names = library === "cudnn" ? namesIn(provider) : own.map(([name]) => name);
    const version = own[0]?.[1];
    const file =
      version ?? { cuda: "libcuda.so.1", cudnn: "libcudnn.so.9" }[library as string] ?? `lib${library}.so.10`;
    const defined = new Set(source.match(/\b(?:cu|__cuda)\w+(?=\()|(?<=HANDLE\()\w+/g));
    const rest = [...new Set(names)].filter((name) => !defined.has(name));
    const generated = join(folder, `${library}.c`);
    writeFileSync(
      generated,
      `#define LIBRARY_${library}\n#include "${SOURCE}"\n${rest.map((name) => `long ${name}(void) { return 0; }`).join("\n")}\n`,
    );
    const map = join(folder, `${library}.map`);
    writeFileSync(map, `${version ?? library} { global: *; };\n`);
    execFileSync("cc", [
      ...["-shared", "-fPIC", "-w", "-o", join(folder, file), generated, `-Wl,-soname,${file}`],
      ...(version === undefined ? [] : [`-Wl,--version-script=${map}`]),
    ]);
  }
}

/** The names of cuDNN's functions in a file. */
const namesIn = (file: string): string[] => [
  ...new Set(
    readFileSync(file)
      .toString("latin1")
      .match(/\bcudnn[A-Z][A-Za-z0-9_]+(?=\0)/g),
  ),
];
