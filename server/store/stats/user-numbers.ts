/** Numbers for users, in the order in which they come: 0, 1, 2 … */

/** Bytes of a user's id, and the words of 32 bits that it is compared by. */
const WORDS = 4;
const FIRST_ROOM = 1_024;

/**
 * A hash table of sixteen-byte ids, read where they lie. A `Map` of strings takes several times as long: it makes
 * each string first, and finds it somewhere in memory. A year of a funnel looks at a user for each day that they were there.
 */
export class UserNumbers {
  /** By a hash of the id: its number + 1; 0 where none is. At most half of it is taken. */
  #slots = new Int32Array(FIRST_ROOM * 2);
  #ids = new Uint32Array(FIRST_ROOM * WORDS);
  #size = 0;

  /** The number of the user whose id begins at byte `at`; a new one where the id was never seen. */
  of(view: DataView, at: number): number {
    const [a, b, c, d] = [
      view.getUint32(at),
      view.getUint32(at + 4),
      view.getUint32(at + 8),
      view.getUint32(at + 12),
    ];
    const ids = this.#ids;
    const last = this.#slots.length - 1;
    let slot = hash(a, d) & last;
    for (let taken = this.#slots[slot]!; taken !== 0; taken = this.#slots[slot]!) {
      const id = (taken - 1) * WORDS;
      if (ids[id] === a && ids[id + 1] === b && ids[id + 2] === c && ids[id + 3] === d) return taken - 1;
      slot = (slot + 1) & last;
    }
    const number = this.#size;
    this.#size += 1;
    this.#slots[slot] = this.#size;
    ids.set([a, b, c, d], number * WORDS);
    if (this.#size * 2 === this.#slots.length) this.#makeRoom();
    return number;
  }

  #makeRoom(): void {
    const ids = new Uint32Array(this.#ids.length * 2);
    ids.set(this.#ids);
    const slots = new Int32Array(this.#slots.length * 2);
    const last = slots.length - 1;
    for (let number = 0; number < this.#size; number += 1) {
      let slot = hash(ids[number * WORDS]!, ids[number * WORDS + 3]!) & last;
      while (slots[slot] !== 0) slot = (slot + 1) & last;
      slots[slot] = number + 1;
    }
    this.#ids = ids;
    this.#slots = slots;
  }
}

/** Both ends of an id, as one of them may be a time. The factor is 2³² over the golden ratio (Knuth). */
function hash(first: number, last: number): number {
  return last ^ Math.imul(first, 0x9e37_79b1);
}
