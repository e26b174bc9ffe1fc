/** Places that are told of each finding. */
export const PLACES = 3;

/** A line of a file, the file by its number. */
export interface FilePlace {
  readonly file: number;
  readonly line: number;
}

/** The files that were met, in their order. */
export class FileNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  numberOf(file: string): number {
    let number = this.#numbers.get(file);
    if (number === undefined) {
      number = this.#names.push(file) - 1;
      this.#numbers.set(file, number);
    }
    return number;
  }

  /** `file:line` */
  text = ({ file, line }: FilePlace): string => `${this.#names[file]}:${line}`;
}

export const byPlace = (a: FilePlace, b: FilePlace): number => a.file - b.file || a.line - b.line;
