/** Only what the programs of this package name themselves. */
export const app: { isReady(): boolean; whenReady(): Promise<void> };
export const net: { online: boolean };
