import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { cudaMissing } from "../../errors.js";
import { type Environment, type FoundLibrary, isFolder, pythonPlaces } from "../pythonPlaces.js";
import { IN_PACKAGES, libraryIn, namedLibrary } from "./library.js";

/** The file of ONNX Runtime's provider for CUDA, which is beside the library itself. */
export const providerName = (platform: NodeJS.Platform): string =>
  platform === "win32" ? "onnxruntime_providers_cuda.dll" : "libonnxruntime_providers_cuda.so";

/**
 * Finds an ONNX Runtime that has CUDA: what `NERIUM_ONNXRUNTIME` names, or a Python environment with the package
 * onnxruntime-gpu.
 *
 * @throws NeriumError RUNTIME_CUDA_MISSING
 */
export function findCudaLibrary(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): FoundLibrary {
  const named = environment.NERIUM_ONNXRUNTIME;
  if (named !== undefined && named !== "") {
    const by = "NERIUM_ONNXRUNTIME";
    const file = namedLibrary(named, platform);
    if (file === undefined) throw cudaMissing("ONNX Runtime with CUDA was not found", `${by}=${named}`);
    if (hasProvider(file, platform)) return { file, by };
    throw cudaMissing(withoutProvider(platform), file);
  }
  const places = pythonPlaces(IN_PACKAGES, environment, platform);
  let other: string | undefined;
  for (const { by, folders } of places) {
    for (const folder of folders()) {
      const file = libraryIn(folder, platform);
      if (file === undefined) continue;
      if (hasProvider(file, platform)) return { file, by };
      other ??= file;
    }
  }
  if (other !== undefined) throw cudaMissing(withoutProvider(platform), other);
  const searched = ["NERIUM_ONNXRUNTIME", ...places.map(({ by }) => by)].join(", ");
  throw cudaMissing("ONNX Runtime with CUDA was not found", searched);
}

const hasProvider = (file: string, platform: NodeJS.Platform): boolean =>
  existsSync(join(dirname(file), providerName(platform)));

const withoutProvider = (platform: NodeJS.Platform): string =>
  `This ONNX Runtime has no CUDA: ${providerName(platform)} is not beside it`;

/**
 * NVIDIA's libraries that the provider needs, each after those that it needs itself. Python's packages put them into folders of
 * their own, in which the system does not search.
 */
const NEEDED = ["cudart", "nvrtc", "nvJitLink", "cublasLt", "cublas", "curand", "cufft", "cudnn"];

/** Returns NVIDIA's libraries in Python's packages beside this ONNX Runtime, in the order in which they are loaded. */
export function cudaLibraries(file: string, platform: NodeJS.Platform = process.platform): string[] {
  // site-packages/onnxruntime/capi/libonnxruntime.so
  const nvidia = join(dirname(file), "..", "..", "nvidia");
  if (!isFolder(nvidia)) return [];
  const inside = platform === "win32" ? "bin" : "lib";
  const found = readdirSync(nvidia)
    .flatMap((name) => [join(nvidia, name, inside), join(nvidia, name, inside, "x86_64")])
    .filter(isFolder)
    .flatMap((folder) => readdirSync(folder).map((name) => ({ path: join(folder, name), name })));
  return NEEDED.flatMap((needed) =>
    found.filter(({ name }) => isNamed(name, needed, platform)).map(({ path }) => path),
  );
}

const isNamed = (name: string, library: string, platform: NodeJS.Platform): boolean =>
  platform === "win32"
    ? new RegExp(`^${library}64_\\d+\\.dll$`, "i").test(name)
    : new RegExp(`^lib${library}\\.so\\.\\d+$`).test(name);
