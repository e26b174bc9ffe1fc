import { cpSync, rmSync } from "node:fs";

/**
 * Copies the output folder of a run that goes on, as a power cut would leave it. A call of the writer that is under way may
 * take a file from under the copy: then it is made again.
 */
export function copyWhileWritten(from: string, to: string): void {
  for (let attempt = 1; ; attempt++)
    try {
      cpSync(from, to, { recursive: true });
      return;
    } catch (error) {
      if (attempt === 10) throw error;
      rmSync(to, { recursive: true, force: true });
    }
}
