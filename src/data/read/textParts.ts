import { encodingInvalid } from "../errors.js";

/**
 * Decodes a text as its bytes arrive, without changing anything: a byte order mark of UTF-8 and line breaks stay. A text
 * in UTF-16 with a byte order mark is read too.
 *
 * @throws NeriumError DATA_ENCODING_INVALID
 */
export async function* textParts(
  chunks: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
  file: string,
): AsyncGenerator<string, void, undefined> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let start: Uint8Array = new Uint8Array();
  let line = 1;
  const decoded = (bytes: Uint8Array, stream: boolean): string => {
    decoder ??= decoderFor(start);
    try {
      const text = decoder.decode(bytes, { stream });
      line += text.split("\n").length - 1;
      return text;
    } catch {
      const valid = new TextDecoder(decoder.encoding).decode(bytes).split("\ufffd", 1)[0]!;
      throw encodingInvalid(
        file,
        line + valid.split("\n").length - 1,
        decoder.encoding === "utf-8" ? "UTF-8" : "UTF-16",
      );
    }
  };
  for await (const chunk of chunks) {
    let bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    if (decoder === undefined) {
      bytes = start = Buffer.concat([start, bytes]);
      if (start.length < 2) continue;
    }
    const text = decoded(bytes, true);
    if (text !== "") yield text;
  }
  const rest = decoded(decoder === undefined ? start : new Uint8Array(), false);
  if (rest !== "") yield rest;
}

function decoderFor(start: Uint8Array): InstanceType<typeof TextDecoder> {
  const first = start[0]! * 256 + start[1]!;
  const encoding = first === 0xfffe ? "utf-16le" : first === 0xfeff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding, { fatal: true, ignoreBOM: encoding === "utf-8" });
}
