import type { StoredType } from "../safetensors/index.js";

/** The storage classes that a file may name, and the type of their elements. */
export const STORAGES: Readonly<Record<string, StoredType>> = {
  "torch.FloatStorage": "F32",
  "torch.HalfStorage": "F16",
  "torch.BFloat16Storage": "BF16",
  "torch.DoubleStorage": "F64",
  "torch.LongStorage": "I64",
  "torch.IntStorage": "I32",
  "torch.ShortStorage": "I16",
  "torch.CharStorage": "I8",
  "torch.ByteStorage": "U8",
  "torch.BoolStorage": "BOOL",
};

const FUNCTIONS = [
  "collections.OrderedDict",
  "torch._utils._rebuild_tensor_v2",
  "torch._utils._rebuild_parameter",
  "torch.Size",
];
const TYPES = [
  "float32",
  "float16",
  "bfloat16",
  "float64",
  "int64",
  "int32",
  "int16",
  "int8",
  "uint8",
  "bool",
];

/** Everything that a file may name. None of it is run: {@link unpickle} knows what each stands for. */
const NAMES = new Set([...FUNCTIONS, ...Object.keys(STORAGES), ...TYPES.map((type) => `torch.${type}`)]);

export const isKnownName = (name: string): boolean => NAMES.has(name);

/** Numbers that are in the file one after another. */
export class Storage {
  constructor(
    readonly dtype: StoredType,
    readonly key: string,
    readonly count: number,
  ) {}
}

/** A tensor: some elements of a storage. */
export class StorageView {
  constructor(
    readonly storage: Storage,
    /** Its first element. */
    readonly offset: number,
    readonly shape: readonly number[],
    /** Elements of the storage from one to the next, along each axis. */
    readonly strides: readonly number[],
  ) {}
}

/** One of the names that a file may contain. */
export class Named {
  constructor(readonly name: string) {}
}

export class Tuple {
  constructor(readonly items: readonly Value[]) {}
}

/** What a pickle can contain. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Named
  | Tuple
  | Storage
  | StorageView
  | Value[]
  | Map<string | number, Value>;
