/** `1 sentence`, `1234 entities`. For messages; the command line also groups digits. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
