/** Measures the turns of this thread's loop; the longest between two timers, ms of processor time, is told at its end. */
export function watchTurns(): {end(): number} {
  const spentMs = (): number => {
    const {user, system} = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let before = spentMs();
  let longestMs = 0;
  const timer = setInterval(() => {
    const now = spentMs();
    longestMs = Math.max(longestMs, now - before);
    before = now;
  }, 1);
  return {
    end() {
      clearInterval(timer);
      return longestMs;
    },
  };
}
