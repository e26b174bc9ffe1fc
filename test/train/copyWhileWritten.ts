import { cpSync, rmSync } from "node:fs";

/**
 * Copies the output folder of a running run, as a power cut would leave it. If the writer removes a file
 * during the copy, the copy is repeated, up to ten attempts in total.
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
