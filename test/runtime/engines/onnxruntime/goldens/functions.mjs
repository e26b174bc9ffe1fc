/**
 * Writes functions.json: for each function in ONNX Runtime's `OrtApi` table its place, its result and its arguments.
 *
 *     node test/runtime/engines/onnxruntime/goldens/functions.mjs LIB_RS
 *
 * LIB_RS is src/lib.rs of the crate ort-sys (2.0.0-rc.10), the Rust declarations of onnxruntime_c_api.h, which
 * bindgen generated from the header. `cargo vendor` puts it on the disk.
 */
import { readFileSync, writeFileSync } from "node:fs";

const source = readFileSync(process.argv[2], "utf8");
const begin = source.indexOf("pub struct OrtApi {");
const table = source
  .slice(begin, source.indexOf("\n}\n", begin))
  // Documentation contains code, so it must go first.
  .replace(/^\s*#\[doc = "(?:[^"\\]|\\.)*"\]$/gms, "")
  // So must arguments that are functions: the end of their own arguments looks like the end of the others.
  .replace(/unsafe extern "(?:C|system)" fn\([^()]*\)(?= *,\s+\w+: usize)/g, "OrtArgumentFn");

/** The kind of a Rust type, in the words of src/runtime/engines/onnxruntime/functions.ts. */
function kindOf(type) {
  if (type === "OrtStatusPtr") return "status";
  if (type === "()") return "nothing";
  if (type === "usize") return "size";
  if (/^\*const (core::ffi::)?c_char$/.test(type)) return "string";
  if (/^\*const (os_char|ortchar)$/.test(type)) return "path";
  if (/^[*&]|^Option<|^Ort\w*(Fn|Function)$/.test(type)) return "pointer";
  return "int";
}

const functions = {};
let place = 0;
for (const [, name, args, result = "()"] of table.matchAll(
  /pub (\w+):\s*unsafe extern "system" fn\(([^)]*)\)(?:\s*->\s*([^,\n]+))?(?:,|$)/g,
)) {
  const types = [...args.matchAll(/[\w#]+:\s*([^,\n]+)/g)].map(([, type]) => type.trim());
  functions[name] = { slot: place++, returns: kindOf(result.trim()), takes: types.map(kindOf) };
}
const rows = table.match(/^\s+pub \w+:/gm).length;
if (rows !== place) throw new Error(`${rows} functions, of which ${place} were understood`);
const lines = Object.entries(functions).map((entry) => entry.map((part) => JSON.stringify(part)).join(": "));
writeFileSync(new URL("functions.json", import.meta.url), `{\n${lines.join(",\n")}\n}\n`);
