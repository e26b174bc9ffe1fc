/** Returns the name of a figure in Trainer's trackers: `rewrite_logs` of transformers' integration_utils.py. */
export function trainerTag(name: string): string {
  const [, split, rest] = /^(eval|test)_(.+)$/.exec(name) ?? [];
  return split === undefined ? `train/${name}` : `${split}/${rest}`;
}
