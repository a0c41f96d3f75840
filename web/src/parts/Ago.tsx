import { useSyncExternalStore } from "react";
import { ago, moment } from "../format";

const TICK_MILLISECONDS = 5_000;

// One clock for all the times of a page.
const listeners = new Set<() => void>();
let now = Date.now();
let timer: number | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  now = Date.now();
  timer ??= window.setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MILLISECONDS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      window.clearInterval(timer);
      timer = undefined;
    }
  };
}

/** `2 minutes ago`, which becomes `3 minutes ago` by itself; the exact time on hovering. */
export function Ago({ time }: { time: string | null | undefined }) {
  const present = useSyncExternalStore(subscribe, () => now);
  if (!time) return <>never</>;
  // A service whose clock is a little ahead has not seen the future.
  return (
    <time dateTime={time} title={moment(time)}>
      {ago(time, Math.max(present, new Date(time).getTime()))}
    </time>
  );
}
