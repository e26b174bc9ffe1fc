import { cudaUnavailable } from "../../errors.js";
import { allocateCells, loadForeign } from "../../foreign.js";

/** NVIDIA's driver. Numbers of devices begin with 0. */
export interface CudaDriver {
  /** Starts it. Returns 0, or the number of an error. */
  start(): number;
  count(): number;
  nameOf(device: number): string;
}

const DRIVER =
  "Install NVIDIA's driver; nvidia-smi then shows the GPU. A container needs access to it, such as docker run --gpus all. Or leave out the device, to compute on the CPU.";

/** `CUDA_ERROR_NO_DEVICE`. */
const NO_DEVICE = 100;

/**
 * Returns the name of a GPU, after asking the driver for it.
 *
 * @throws NeriumError RUNTIME_CUDA_UNAVAILABLE
 */
export function requireCudaDevice(device: number, driver: CudaDriver = installedDriver()): string {
  const status = driver.start();
  if (status === NO_DEVICE) throw cudaUnavailable("NVIDIA's driver finds no GPU", { remedy: DRIVER });
  if (status !== 0)
    throw cudaUnavailable(`NVIDIA's driver cannot be started (error ${status})`, { remedy: DRIVER });
  const names = Array.from({ length: driver.count() }, (_, index) => driver.nameOf(index));
  const name = names[device];
  if (name !== undefined) return name;
  const found = names.map((each, index) => `cuda:${index} (${each})`).join(", ") || "none";
  throw cudaUnavailable(`there is no cuda:${device}; there is: ${found}`, {
    remedy: "Choose one of them. CUDA_VISIBLE_DEVICES may hide others.",
  });
}

/** The longest name of a device. */
const NAME_BYTES = 256;

function installedDriver(): CudaDriver {
  const file = process.platform === "win32" ? "nvcuda.dll" : "libcuda.so.1";
  let library: ReturnType<typeof loadForeign>;
  try {
    library = loadForeign(file);
  } catch (cause) {
    throw cudaUnavailable(`NVIDIA's driver is not installed (${file})`, { remedy: DRIVER, cause });
  }
  const start = library.func("cuInit", "int", ["uint32_t"]);
  const getCount = library.func("cuDeviceGetCount", "int", ["void *"]);
  const getName = library.func("cuDeviceGetName", "int", ["void *", "int", "int"]);
  const { address, values } = allocateCells(NAME_BYTES / 8);
  return {
    start: () => start(0) as number,
    count() {
      values[0] = 0n;
      getCount(address);
      return Number(values[0] & 0xffff_ffffn);
    },
    nameOf(device) {
      values.fill(0n);
      getName(address, NAME_BYTES, device);
      const bytes = Buffer.from(values.buffer, values.byteOffset, NAME_BYTES);
      return bytes.toString("utf8", 0, bytes.indexOf(0));
    },
  };
}
