/** A piece of the page that is made once and then told new data. */
export interface Part<Data> {
  element: HTMLElement;
  /** `previous` is the same for the period before, `null` when it is not compared or not known yet. */
  update(data: Data, previous: Data | null): void;
}
