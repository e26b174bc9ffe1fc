/** Builds the page of `nerium serve` into a folder, whose content is replaced. */
export function buildPage(folder: string): Promise<unknown>;
