import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get, path } from "../api";
import { counted } from "../format";
import { Card, Empty, Table, Trouble } from "../parts";
import { Ago } from "../parts/Ago";
import { Chart } from "../parts/Chart";

interface SeriesOfPath {
  path: string;
  name?: string;
  unit?: string;
  points: { time: string; value: number }[];
}

interface Latest {
  path: string;
  name?: string;
  unit?: string;
  time: string;
  value?: number;
  words?: string;
}

interface Told {
  from: string;
  to: string;
  series: SeriesOfPath[];
  latest: Latest[];
}

/** What modules and updates are, these cards of the device's page say better. */
const SHOWN_ABOVE = /^\/(?:33458|9|5)\//;

function changes(of: SeriesOfPath): boolean {
  return of.points.some((point) => point.value !== of.points[0]?.value);
}

/** What a device measured: a chart for each resource that changed in the last hour, the last value of the others. */
export function Telemetry({ device }: { device: string }) {
  const told = useQuery({
    queryKey: ["telemetry", device],
    queryFn: () => get<Told>(path(`/devices/${device}/telemetry`, { points: 300 })),
  });
  const drawn = (told.data?.series ?? []).filter(changes);
  const paths = new Set(drawn.map((each) => each.path));
  const others = (told.data?.latest ?? []).filter((each) => !paths.has(each.path) && (each.name || !SHOWN_ABOVE.test(each.path)));
  return (
    <Card title="Telemetry">
      <Trouble error={told.error} />
      {told.data && drawn.length + others.length === 0 && <Empty title="Nothing measured yet">Results and counters show up here when the device sends them.</Empty>}
      {drawn.length > 0 && <div className="columns">{drawn.map((each) => <One key={each.path} of={each} />)}</div>}
      {others.length > 0 && (
        <details open={drawn.length === 0}>
          <summary>{counted(others.length, "value")} that did not change in the last hour</summary>
          <Table<Latest>
            rows={others}
            id={(each) => each.path}
            label="Last values"
            columns={[
              { head: "Resource", cell: (each) => each.name ?? <span className="mono">{each.path}</span> },
              { head: "Value", cell: (each) => [each.words ?? each.value, each.unit].filter((part) => part !== undefined).join(" ") },
              { head: "Told", cell: (each) => <Ago time={each.time} /> },
            ]}
          />
        </details>
      )}
    </Card>
  );
}

function One({ of }: { of: SeriesOfPath }) {
  const times = useMemo(() => of.points.map((point) => new Date(point.time).getTime() / 1000), [of]);
  const lines = useMemo(() => [{ name: of.name ?? of.path, values: of.points.map((point) => point.value) }], [of]);
  return (
    <div>
      <h3>
        {of.name ?? of.path} {of.unit && <span className="muted small">{of.unit}</span>}
      </h3>
      <Chart times={times} series={lines} unit={of.unit} label={`${of.name ?? of.path} over time; the last value is ${of.points.at(-1)?.value ?? "unknown"}`} />
    </div>
  );
}
