import { isUtf8 } from "node:buffer";
import { limits } from "../limits.js";
import { MOST_DIMENSIONS, quoted } from "../safetensors/index.js";
import { isKnownName, Named, STORAGES, Storage, StorageView, Tuple, type Value } from "./values.js";
import type { Fail } from "./zip.js";

class Mark {}
const MARK = new Mark();

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * Reads a pickle that holds tensors. Knows only the operations that torch.save writes for a state dict, and calls nothing: a
 * name that is not in a fixed list is an error. Nothing here is recursive, and each step uses little memory.
 *
 * https://github.com/python/cpython/blob/main/Lib/pickletools.py describes the operations.
 *
 * @param invalid refuses a damaged pickle
 * @param refused refuses a pickle that asks for something other than tensors
 */
export function unpickle(bytes: Buffer, invalid: Fail, refused: Fail): Value {
  let at = 0;
  const stack: (Value | Mark)[] = [];
  const memo = new Map<number, Value>();

  const take = (length: number): number => {
    if (length > bytes.length - at) invalid("its pickle ends too early");
    at += length;
    return at - length;
  };
  const byte = () => bytes[take(1)]!;
  const uint32 = () => bytes.readUInt32LE(take(4));
  const text = (length: number): string => {
    if (length > limits.pickleTextBytes)
      invalid(`its pickle has a text of ${length} bytes, but at most ${limits.pickleTextBytes} are allowed`);
    const start = take(length);
    if (!isUtf8(bytes.subarray(start, at))) invalid("its pickle has a text that is not UTF-8");
    return bytes.toString("utf8", start, at);
  };
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at);
    const found = text(end < 0 ? bytes.length : end - at);
    take(1);
    return found;
  };
  /** Reads a whole number of at most 8 bytes, in two's complement. */
  const long = (length: number): number => {
    const start = take(length);
    let value = 0n;
    for (let i = Math.min(length, 9) - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[start + i]!);
    const signed = Number(BigInt.asIntN(8 * length, value));
    return length <= 8 && Number.isSafeInteger(signed)
      ? signed
      : invalid("its pickle has a number beyond 2^53");
  };

  const push = (value: Value) => void stack.push(value);
  const top = (): Value => {
    const value = stack.at(-1);
    return value === undefined || value instanceof Mark
      ? invalid("its pickle takes a value that is not there")
      : value;
  };
  const pop = (): Value => {
    const value = top();
    stack.pop();
    return value;
  };
  const popToMark = (): Value[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) invalid("its pickle has no mark");
    const items = stack.splice(mark + 1) as Value[];
    stack.pop();
    return items;
  };
  const popMany = (count: number): Value[] => Array.from({ length: count }, pop).reverse();
  const popTuple = (): readonly Value[] => {
    const value = pop();
    return value instanceof Tuple ? value.items : invalid("its pickle has no tuple where one must be");
  };

  const named = (module: Value, name: Value): Named => {
    if (typeof module !== "string" || typeof name !== "string")
      return invalid("its pickle has a name that is not a text");
    const full = `${module}.${name}`;
    return isKnownName(full) ? new Named(full) : refused(`it asks for ${quoted(full)}`);
  };
  const recall = (index: number): Value => {
    const value = memo.get(index);
    return value === undefined ? invalid(`its pickle has no value ${index}`) : value;
  };
  const append = (items: readonly Value[]): void => {
    const list = top();
    if (Array.isArray(list)) for (const item of items) list.push(item);
    else invalid("its pickle appends to something other than a list");
  };
  const set = (items: readonly Value[]): void => {
    const map = top();
    if (!(map instanceof Map) || items.length % 2 === 1)
      throw invalid("its pickle adds entries to something other than a dict");
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i]!;
      if (typeof key !== "string" && typeof key !== "number")
        throw refused("a key of a dict is neither a text nor a number");
      if (map.has(key)) invalid(`the key ${quoted(String(key))} is there twice`);
      map.set(key, items[i + 1]!);
    }
  };

  const storage = (): Storage => {
    const [kind, type, key, , count, ...more] = popTuple();
    const dtype = type instanceof Named ? STORAGES[type.name] : undefined;
    return kind === "storage" && dtype && typeof key === "string" && isCount(count) && more.length === 0
      ? new Storage(dtype, key, count)
      : invalid("its pickle has an invalid storage");
  };
  const counts = (value: Value | undefined): readonly number[] =>
    value instanceof Tuple && value.items.length <= MOST_DIMENSIONS && value.items.every(isCount)
      ? value.items
      : invalid(`a shape or its strides are not at most ${MOST_DIMENSIONS} sizes`);
  /** `_rebuild_tensor_v2(storage, storage_offset, size, stride, requires_grad, backward_hooks, metadata=None)` */
  const tensor = ([from, offset, shape, strides, , , metadata, ...more]: readonly Value[]): StorageView => {
    if (!(from instanceof Storage) || !isCount(offset)) return invalid("a tensor has no storage");
    if (more.length > 0) return refused("a tensor has more arguments than torch.save writes");
    // `metadata` says that the numbers are negative or complex conjugates of those in the storage.
    if (metadata !== undefined && metadata !== null) return refused("a tensor has metadata");
    return new StorageView(from, offset, counts(shape), counts(strides));
  };
  const reduce = (): Value => {
    const args = popTuple();
    const callee = pop();
    if (!(callee instanceof Named)) return invalid("its pickle calls something without a name");
    const [first] = args;
    if (callee.name === "collections.OrderedDict" && args.length === 0) return new Map();
    if (callee.name === "torch.Size" && first instanceof Tuple) return first;
    if (callee.name === "torch._utils._rebuild_parameter" && first instanceof StorageView) return first;
    if (callee.name === "torch._utils._rebuild_tensor_v2") return tensor(args);
    return refused(`it calls ${callee.name} with other arguments than torch.save writes`);
  };
  const build = (): void => {
    pop();
    // A state dict has the attribute `_metadata`: versions of the modules.
    if (!(top() instanceof Map)) refused("it sets attributes of an object");
  };

  const operations: Readonly<Record<string, () => void>> = {
    "(": () => void stack.push(MARK),
    N: () => push(null),
    "\x88": () => push(true),
    "\x89": () => push(false),
    K: () => push(byte()),
    M: () => push(bytes.readUInt16LE(take(2))),
    J: () => push(bytes.readInt32LE(take(4))),
    "\x8a": () => push(long(byte())),
    G: () => push(bytes.readDoubleBE(take(8))),
    X: () => push(text(uint32())),
    "\x8c": () => push(text(byte())),
    ")": () => push(new Tuple([])),
    t: () => push(new Tuple(popToMark())),
    "\x85": () => push(new Tuple(popMany(1))),
    "\x86": () => push(new Tuple(popMany(2))),
    "\x87": () => push(new Tuple(popMany(3))),
    "]": () => push([]),
    a: () => append(popMany(1)),
    e: () => append(popToMark()),
    "}": () => push(new Map()),
    s: () => set(popMany(2)),
    u: () => set(popToMark()),
    q: () => void memo.set(byte(), top()),
    r: () => void memo.set(uint32(), top()),
    "\x94": () => void memo.set(memo.size, top()),
    h: () => push(recall(byte())),
    j: () => push(recall(uint32())),
    c: () => push(named(line(), line())),
    "\x93": () => {
      const [module, name] = popMany(2);
      push(named(module!, name!));
    },
    Q: () => push(storage()),
    R: () => push(reduce()),
    b: build,
    // A frame announces its length, which helps readers of streams only.
    "\x95": () => void take(8),
  };

  if (byte() !== 0x80) invalid("its pickle does not begin with a protocol");
  const protocol = byte();
  if (protocol < 2 || protocol > 5)
    refused(`its pickle has protocol ${protocol}, but only 2 to 5 are supported`);
  for (let steps = 0; ; steps++) {
    if (steps === limits.pickleSteps) invalid(`its pickle has more than ${limits.pickleSteps} operations`);
    const code = byte();
    if (code === 0x2e) break;
    const operation =
      operations[String.fromCharCode(code)] ?? refused(`its pickle has the operation 0x${code.toString(16)}`);
    operation();
  }
  const result = pop();
  if (stack.length > 0 || at !== bytes.length) invalid("its pickle has more than one value");
  return result;
}
