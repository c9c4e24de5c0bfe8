/** The element of the page with this id and class. Throws where index.html and the code have come apart. */
export function byId<T extends HTMLElement>(id: string, type: abstract new () => T): T {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new TypeError(`index.html has no ${type.name} #${id}`);
}
