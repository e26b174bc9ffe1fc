/** Installs a folder of packages on demand. Returns why they are missing if npm's registry cannot be reached. */
export declare function installed(folder: string): Promise<string | undefined>;
