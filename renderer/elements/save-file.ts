/** A browser reads the object URL some time after the click, and says nothing when it is done. */
const URL_KEPT_MS = 60_000;

/** Offers a JSON file for saving, as a download of the page. */
export function saveJsonFile(name: string, value: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), URL_KEPT_MS);
}
