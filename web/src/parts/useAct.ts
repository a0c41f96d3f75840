import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

/** Something that a button does: whether it runs, what went wrong, and which lists are out of date after it. */
export function useAct(...stale: string[]) {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
      await Promise.all(stale.map((name) => queries.invalidateQueries({ queryKey: [name] })));
      return true;
    } catch (problem) {
      setError(problem);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, run, clear: () => setError(undefined) };
}
