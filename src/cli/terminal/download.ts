import type { DownloadProgress } from "../../hub/index.js";
import type { Output } from "../io.js";
import { memory } from "./figures.js";
import { Screen } from "./screen.js";

/** How far a download is, in parts; the ones that a narrow terminal does without have higher numbers. */
export const downloadParts = ({ name, file, done, total }: DownloadProgress) =>
  [
    [0, `downloading ${name}`],
    [1, `${Math.floor((done / Math.max(1, total)) * 100)}%`],
    [2, `of ${memory(total)}`],
    [3, file],
  ] as const;

/** The status line of a command that may have to download a model first; it goes when everything is there. */
export function downloadListener(
  output: Output | undefined,
): ((progress: DownloadProgress) => void) | undefined {
  const screen = output && new Screen(output);
  return (
    screen &&
    ((progress) => {
      if (progress.done < progress.total)
        screen.status((width) =>
          downloadParts(progress)
            .map(([, part]) => part)
            .join("  ")
            .slice(0, width),
        );
      else screen.clear();
    })
  );
}
