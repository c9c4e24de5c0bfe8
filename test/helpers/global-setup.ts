/** Runs once before all tests: says in one line what to do when the Node in use is too old. */
export default function setup(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 19)) {
    throw new Error(
      `Roost needs Node 22.19 or later, this is ${process.versions.node}: run "npm ci" and use npm scripts.`,
    );
  }
}
