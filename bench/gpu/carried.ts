import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const root = join(import.meta.dirname, "../..");

/** The files of a folder and of those in it. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** The size of files, as they are and compressed by gzip. */
const sizes = (files: readonly string[]) => ({
  bytes: files.reduce((sum, file) => sum + statSync(file).size, 0),
  compressed: files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0),
});

/** Lists what a machine with a GPU and its driver needs to train with `device: webgpu`: Node, the library, and the package. */
export function carried(): string[] {
  const native = join(root, "dist", "native", `${process.platform}-${process.arch}`);
  const built = filesIn(join(root, "dist")).filter((file) => !file.startsWith(join(root, "dist", "native")));
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  ) as Record<string, Record<string, string> | undefined>;
  const packages = installedWith(Object.keys({ ...dependencies, ...optionalDependencies }));
  const parts = {
    Node: [process.execPath],
    "ONNX Runtime": filesIn(native),
    "Nerium, built": built,
    "packages that it needs": packages.flatMap((folder) =>
      filesIn(folder).filter((file) => !isOtherPlatform(file)),
    ),
  };
  const rows = Object.entries(parts).map(([name, files]) => ({ name, ...sizes(files) }));
  const total = rows.reduce(
    (sum, { bytes, compressed }) => ({
      bytes: sum.bytes + bytes,
      compressed: sum.compressed + compressed,
    }),
    { bytes: 0, compressed: 0 },
  );
  return [...rows, { name: "together", ...total }].map(
    ({ name, bytes, compressed }) =>
      `${name.padEnd(24)} ${mebibytes(bytes).padStart(10)} ${mebibytes(compressed).padStart(10)} compressed`,
  );
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** The folders of packages and of what they need in turn. */
function installedWith(names: readonly string[]): string[] {
  const seen = new Map<string, string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    const folder = join(root, "node_modules", name);
    let text: string;
    try {
      text = readFileSync(join(folder, "package.json"), "utf8");
    } catch {
      return; // It is for another platform.
    }
    seen.set(name, folder);
    const { dependencies, optionalDependencies } = JSON.parse(text) as Record<string, object | undefined>;
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies })) visit(each);
  };
  for (const name of names) visit(name);
  return [...seen.values()];
}

/** Whether a native module is for another platform. */
const isOtherPlatform = (file: string): boolean =>
  file.endsWith(".node") &&
  /(android|darwin|freebsd|linux|openbsd|win32)[-_.]/.test(file.split("node_modules").at(-1)!) &&
  !new RegExp(`${process.platform}[-_]${process.arch}(?!-musl)`).test(file.split("node_modules").at(-1)!);
