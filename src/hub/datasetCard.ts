import { parse } from "yaml";
import { z } from "zod";
import { cardInvalid } from "./errors.js";

const names = z.union([
  z.array(z.coerce.string()),
  // Cards write labels as a map from number to name: '0': O, '1': B-PER …
  z.record(z.string(), z.coerce.string()).transform((map) => {
    const ids = Object.keys(map).map(Number);
    return ids.sort((a, b) => a - b).map((id) => map[String(id)]!);
  }),
]);
const classLabel = z.object({ class_label: z.object({ names }) });
const feature = z.object({
  name: z.string(),
  sequence: classLabel.optional().catch(undefined),
  list: classLabel.optional().catch(undefined),
});
const features = z.array(feature).catch([]);

const paths = z.union([z.string().transform((path) => [path]), z.array(z.string())]);
const dataFiles = z.union([
  z.array(z.object({ split: z.string(), path: paths })),
  paths.transform((path) => [{ split: "train", path }]),
]);

const described = z.object({ config_name: z.coerce.string().default("default"), features }).loose();
const card = z.object({
  configs: z
    .array(
      z.object({
        config_name: z.coerce.string(),
        data_files: dataFiles.optional(),
        data_dir: z.string().optional(),
        default: z.boolean().optional(),
      }),
    )
    .optional()
    .catch(undefined),
  dataset_info: z
    .union([z.array(described), described.transform((one) => [one])])
    .optional()
    .catch(undefined),
});

/** One configuration that a data set's card describes. */
export interface DescribedConfig {
  readonly name: string;
  readonly isDefault: boolean;
  /** File patterns by split; `undefined` if the files are found by their usual names. */
  readonly files: readonly { readonly split: string; readonly path: readonly string[] }[] | undefined;
  /** Folder that the paths are relative to. */
  readonly folder: string | undefined;
}

/** The content of the YAML block at the top of a data set's README.md. */
export interface DatasetCard {
  readonly configs: readonly DescribedConfig[];
  /** Class labels of a configuration by column, in the order of their ids. */
  labels(config: string): ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the YAML block at the top of a data set's README.md.
 *
 * @see https://huggingface.co/docs/hub/datasets-manual-configuration
 * @throws NeriumError HUB_CARD_INVALID
 */
export function datasetCard(text: string, file: string): DatasetCard {
  const head = /^\ufeff?---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? "";
  let yaml: unknown;
  try {
    yaml = parse(head, { logLevel: "silent" }) ?? {};
  } catch (error) {
    throw cardInvalid(file, (error as Error).message);
  }
  const parsed = card.safeParse(yaml);
  const { configs = [], dataset_info: infos = [] } = parsed.success ? parsed.data : {};
  return {
    configs: configs.map(({ config_name: name, data_files: files, data_dir: folder, ...rest }) => ({
      name,
      isDefault: rest.default ?? name === "default",
      files,
      folder,
    })),
    labels(config) {
      const info =
        infos.find((each) => each.config_name === config) ?? (infos.length === 1 ? infos[0] : undefined);
      const found = new Map<string, readonly string[]>();
      for (const { name, sequence, list } of info?.features ?? []) {
        const label = (sequence ?? list)?.class_label.names;
        if (label !== undefined) found.set(name, label);
      }
      return found;
    },
  };
}
