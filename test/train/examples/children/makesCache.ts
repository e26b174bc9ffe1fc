// Makes window caches as it is told to, one message a cache. Says what it does, what is in the cache, or the error's code.
import { createHash } from "node:crypto";
import { dataFilesAt } from "../../../../src/data/index.js";
import { nodeFs } from "../../../../src/files/index.js";
import { loadTokenizer } from "../../../../src/tokenize/index.js";
import { windowCache } from "../../../../src/train/examples/windowCache/index.js";

export interface Wanted {
  readonly file: string;
  readonly encoder: string;
  /** The folder of all caches. */
  readonly root: string;
}

export type Told =
  | "ready"
  | { readonly phase: string }
  | { readonly wasThere: boolean; readonly windows: string }
  | { readonly error: string };

const tell = (told: Told) => process.send!(told);

process.on("message", async ({ file, encoder, root }: Wanted) => {
  try {
    const source = {
      paths: [file],
      files: dataFilesAt(file),
      reading: {},
      labelMap: undefined,
      maxSentences: undefined,
      tokenizer: await loadTokenizer(encoder),
      options: { maxLength: 128, longSentences: "window", overlap: 32 } as const,
    };
    const edge = {
      root,
      fs: nodeFs,
      signal: new AbortController().signal,
      tell: ({ phase }: { readonly phase: string }) => tell({ phase }),
    };
    const cache = (await windowCache(source, edge))!;
    const data = cache.open({ labels: ["O"], labelAllTokens: false });
    const hash = createHash("sha256");
    for (const { inputIds } of data.windows) hash.update(inputIds);
    data.close();
    tell({ wasThere: cache.wasThere, windows: `${data.windows.length} ${hash.digest("hex")}` });
  } catch (error) {
    tell({ error: (error as { code?: string }).code ?? String(error) });
  }
});
tell("ready");
