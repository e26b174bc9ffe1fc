// Copies ONNX Runtime's CPU libraries to dist/native/<platform>-<arch>/ and its license and notices to
// dist/native/, before the package is packed. `onnxruntime-node` itself cannot be a dependency: on linux/x64
// its install script downloads the CUDA provider, and if that host cannot be reached, the whole install
// fails.
//
// These files are left out, since CPU code does not load them: the JavaScript binding, a second copy of the
// macOS library under its full version, and on Windows DirectML.dll, dxcompiler.dll and dxil.dll
// (delay-loaded by the GPU providers).
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const source = join(root, "node_modules", "onnxruntime-node");
const target = join(root, "dist", "native");

const libraries = {
  "linux-x64": "libonnxruntime.so.1",
  "linux-arm64": "libonnxruntime.so.1",
  "darwin-arm64": "libonnxruntime.1.dylib",
  "win32-x64": "onnxruntime.dll",
  "win32-arm64": "onnxruntime.dll",
};

const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
rmSync(target, { recursive: true, force: true });
for (const [machine, library] of Object.entries(libraries)) {
  const [platform, arch] = machine.split("-");
  mkdirSync(join(target, machine), { recursive: true });
  const copy = join(target, machine, library);
  copyFileSync(join(source, "bin", "napi-v6", platform, arch, library), copy);
  console.error(`ONNX Runtime ${version} ${machine}: ${(statSync(copy).size / 1e6).toFixed(1)} MB`);
}
for (const text of ["LICENSE", "ThirdPartyNotices.txt"]) {
  copyFileSync(join(import.meta.dirname, "onnxruntime", text), join(target, text));
}
