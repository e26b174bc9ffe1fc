import { attempt } from "../files/index.js";
import { limits } from "../limits.js";
import {
  type OpenFile,
  openFile,
  quoted,
  readElements,
  readFully,
  requireReadable,
  type TensorInfo,
  type TensorReadOptions,
  tensorMissing,
  type Weights,
} from "../safetensors/index.js";
import { invalidTorchFile, torchFileRefused, torchFormUnsupported, torchScript } from "./errors.js";
import { stateDict } from "./stateDict.js";
import { readStrided } from "./strided.js";
import { unpickle } from "./unpickle.js";
import { type Fail, StoredZip } from "./zip.js";

const ZIP = Buffer.from("PK\x03\x04");
/** How files of torch before 1.6 begin: the magic number 0x1950a86a20f9469cfc6c as a pickle, of protocol 2. */
const LEGACY = Buffer.from("80028a0a6cfc9c46f9206aa85019", "hex");

async function tensorsOf(opened: OpenFile): Promise<Map<string, TensorInfo>> {
  const { file, size } = opened;
  const invalid: Fail = (rule) => {
    throw invalidTorchFile(file, rule);
  };
  const refused: Fail = (what) => {
    throw torchFileRefused(file, what);
  };
  const read = async (position: number, length: number): Promise<Buffer> => {
    const bytes = Buffer.alloc(length);
    return (await readFully(opened, bytes, position)) ? bytes : invalid("it ends too early");
  };
  const first = await read(0, Math.min(size, LEGACY.length));
  if (first.equals(LEGACY))
    throw torchFormUnsupported(file, "The format that torch.save wrote before PyTorch 1.6");
  if (!first.subarray(0, ZIP.length).equals(ZIP)) invalid("it is not a zip archive");
  const zip = await StoredZip.open(read, size, invalid);
  const pickles = [...zip.names].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (pickle === undefined || pickles.length > 1)
    return invalid(`it has ${pickles.length} data.pkl instead of one`);
  const root = pickle.slice(0, pickle.indexOf("/") + 1);
  if (zip.has(`${root}constants.pkl`)) throw torchScript(file);
  const byteOrder = `${root}byteorder`;
  if (zip.has(byteOrder)) {
    const order = (await zip.content(byteOrder, 16)).toString();
    if (order !== "little") throw torchFormUnsupported(file, `The byte order ${quoted(order)}`);
  }
  const state = unpickle(await zip.content(pickle, limits.pickleBytes), invalid, refused);
  return stateDict(state, `${root}data/`, zip, invalid, refused);
}

/** A file of `torch.save` that is open for reading at any position. */
class TorchFile implements Weights {
  readonly metadata: ReadonlyMap<string, string> = new Map();
  readonly files: readonly string[];

  constructor(
    private readonly opened: OpenFile,
    readonly tensors: ReadonlyMap<string, TensorInfo>,
  ) {
    this.files = [opened.file];
  }

  fileOf(name: string): string {
    if (!this.tensors.has(name)) throw tensorMissing(this.opened.file, name);
    return this.opened.file;
  }

  async readInto(name: string, destination: Float32Array, { from }: TensorReadOptions = {}): Promise<void> {
    const info = this.tensors.get(name);
    if (!info) throw tensorMissing(this.opened.file, name);
    const elementBytes = requireReadable(this.opened.file, info, destination.length, from);
    const read = (first: number, into: Float32Array) =>
      readElements(this.opened, info, info.byteOffset + first * elementBytes, into);
    const { shape, strides } = info;
    await (strides === undefined
      ? read(from ?? 0, destination)
      : readStrided({ shape, strides }, from ?? 0, destination, read));
  }

  close(): Promise<void> {
    return attempt(this.opened.file, "close", () => this.opened.handle.close());
  }
}

/**
 * Opens a file that `torch.save` wrote in PyTorch 1.6 or later, and finds its tensors. Runs nothing of it, and does not read
 * weights yet.
 *
 * @throws NeriumError `MODEL_TORCH_INVALID`, `MODEL_TORCH_UNSUPPORTED`, `MODEL_TORCH_REFUSED`, `FILES_…`
 */
export async function openTorchFile(file: string): Promise<Weights> {
  const opened = await openFile(file, () => invalidTorchFile(file, "it is not a regular file"));
  try {
    return new TorchFile(opened, await tensorsOf(opened));
  } catch (error) {
    await opened.handle.close().catch(() => {});
    throw error;
  }
}
