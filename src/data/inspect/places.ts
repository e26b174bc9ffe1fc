/** How many places are reported for each finding. */
export const PLACES = 3;

/** A line of a file, with the file given by its number. */
export interface FilePlace {
  readonly file: number;
  readonly line: number;
}

/** Numbers files in the order in which they first occur. */
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
