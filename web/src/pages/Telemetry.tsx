import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { get, path } from "../api";
import { Card, Empty, Trouble } from "../parts";
import { Chart } from "../parts/Chart";

interface SeriesOfPath {
  path: string;
  name?: string;
  unit?: string;
  points: { time: string; value: number }[];
}

/** What a device measured, a chart for each resource. */
export function Telemetry({ device }: { device: string }) {
  const series = useQuery({
    queryKey: ["telemetry", device],
    queryFn: () => get<{ series: SeriesOfPath[] }>(path(`/devices/${device}/telemetry`, { points: 300 })),
  });
  return (
    <Card title="Telemetry">
      <Trouble error={series.error} />
      {series.data && series.data.series.length === 0 && <Empty title="Nothing measured yet">Results and counters show up here when the device sends them.</Empty>}
      <div className="columns">
        {(series.data?.series ?? []).filter((each) => each.points.length > 0).map((each) => <One key={each.path} of={each} />)}
      </div>
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
