/** Keeps the process alive while somebody waits for an answer: Roost's own sockets and timers do not. */
export function holdProcess(): () => void {
  const timer = setInterval(() => {}, 2 ** 30);
  return () => clearInterval(timer);
}
