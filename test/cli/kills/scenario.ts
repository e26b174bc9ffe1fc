/** A command that writes, in a world: a folder with its inputs, files of the user, and often an earlier output. */
export interface Scenario {
  readonly name: string;
  /** Fills a new folder. */
  prepare(world: string): Promise<void>;
  /** The command line that a user gives, first and after a kill. */
  args(world: string): readonly string[];
  /** Names of files that have further contents, or come and go, while the command runs. */
  readonly passing?: RegExp;
  /** What the command writes outside of the world. */
  readonly outside?: Outside;
}

/** Something besides files that a command changes, such as a hub. */
export interface Outside {
  /** The environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts it in the state before the command. */
  reset(): void;
  /** Calls `onChange` at each change, until the returned function is called. */
  watch(onChange: () => void): () => void;
  /** Describes what is wrong after a kill, or after a run that ended. */
  harm(ended: boolean): string[];
  stop(): Promise<void>;
}
