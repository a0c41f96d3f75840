import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

/**
 * What the service tells changes what is shown: an event's kind begins with the name of the lists that it makes out of date.
 * Bursts are gathered, so that a rollout over thousands of devices does not fetch a page for each of them.
 */
const STALE: Record<string, string[]> = {
  model: ["models", "versions", "modules", "lineage"],
  job: ["jobs", "modules", "compilations", "lineage"],
  device: ["devices", "groups", "summary"],
  update: ["updates", "devices", "rollouts"],
  rollout: ["rollouts"],
  telemetry: ["telemetry"],
};

const GATHER_MILLISECONDS = 700;

export function useEvents(active: boolean): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (!active) return;
    const stale = new Set<string>();
    let timer: number | undefined;
    const flush = () => {
      timer = undefined;
      for (const name of stale) void queries.invalidateQueries({ queryKey: [name] });
      stale.clear();
    };
    const heard = (kind: string) => {
      for (const name of STALE[kind.split(".")[0] ?? ""] ?? []) stale.add(name);
      if (stale.size > 0 && timer === undefined) timer = window.setTimeout(flush, GATHER_MILLISECONDS);
    };
    const source = new EventSource("/v1/events");
    source.onmessage = (message: MessageEvent<string>) => heard((JSON.parse(message.data) as { kind: string }).kind);
    // More was missed than the service keeps: everything may be out of date.
    source.addEventListener("lost", () => void queries.invalidateQueries());
    return () => {
      source.close();
      window.clearTimeout(timer);
    };
  }, [active, queries]);
}
