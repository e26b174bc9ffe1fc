import { writeFileSync } from "node:fs";
import { allocateCells, type Cells, memoryAt, textAt } from "../../foreign.js";
import { failure, type OpenVino } from "./openvino.js";

/**
 * An `ov_profiling_info_t`: status as int, microseconds with all threads and of the processor as int64, and three texts: the
 * name of the operation, how it ran, and its type.
 */
const INFO_BYTES = 48;
const EXECUTED = 2;

/** The `ov_profiling_info_list_t` that OpenVINO writes to. */
let list: Cells | undefined;

/** The time of every operation of a graph, summed over its runs. */
export class Profile {
  readonly #operations = new Map<
    string,
    { readonly type: string; readonly how: string; microseconds: number }
  >();

  constructor(
    readonly prefix: string,
    private readonly openvino: OpenVino,
  ) {}

  /** Adds the latest run of an `ov_infer_request_t`. */
  add(request: bigint): void {
    const { raw } = this.openvino;
    list ??= allocateCells(2);
    const status = raw.ov_infer_request_get_profiling_info(request, list.address);
    if (status !== 0) throw new Error(`no profile: ${failure(raw, status).message}`);
    const [address, count] = [list.values[0]!, Number(list.values[1]!)];
    if (count > 0) this.#addAll(new DataView(memoryAt(address, count * INFO_BYTES)), count);
    raw.ov_profiling_info_list_free(list.address);
  }

  #addAll(view: DataView, count: number): void {
    for (let at = 0; at < count * INFO_BYTES; at += INFO_BYTES) {
      if (view.getInt32(at, true) !== EXECUTED) continue;
      const text = (offset: number) => textAt(view.getBigUint64(at + offset, true));
      const [name, how, type] = [text(24), text(32), text(40)];
      const operation = this.#operations.get(name) ?? { type, how, microseconds: 0 };
      operation.microseconds += Number(view.getBigInt64(at + 8, true));
      this.#operations.set(name, operation);
    }
  }

  /** Writes the profile with the fields that ONNX Runtime's profiles have. Returns the path of the file. */
  write(): string {
    const events = [...this.#operations].map(([name, { type, how, microseconds }]) => ({
      cat: "Node",
      name: `${name}_kernel_time`,
      dur: microseconds,
      args: { op_name: type, exec_type: how },
    }));
    const file = `${this.prefix}_${process.pid}_${Date.now()}_${written++}.json`;
    writeFileSync(file, JSON.stringify(events));
    return file;
  }
}

let written = 0;
