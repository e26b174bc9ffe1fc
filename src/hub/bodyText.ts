import type { Response } from "undici";
import { limits } from "../limits.js";

/** Returns the text of an answer up to a limit. Calls `over` if there is more. */
export async function bodyText(answer: Response, most: number, over: () => void = () => {}): Promise<string> {
  const chunks: Uint8Array[] = [];
  const deadline = performance.now() + limits.answerTime;
  let bytes = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > most || performance.now() > deadline) {
      over();
      break;
    }
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
