import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { get, path } from "../api";
import { figure } from "../format";
import { Badge, Card, Empty, Table, Tile, Trouble } from "../parts";
import { Ago } from "../parts/Ago";
import { Chart, type Point } from "../parts/Chart";

interface SeriesOfPath {
  path: string;
  name?: string;
  unit?: string;
  points: Point[];
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

/** Resources of object 33458, a module in a slot. */
const [INFERENCES, LATENCY, CLASS, SCORE, SELF_TEST] = [7, 8, 10, 11, 12];
const VERDICTS = ["not run", "passed", "failed"];

const RANGES: [string, number][] = [
  ["5 minutes", 300],
  ["15 minutes", 900],
  ["hour", 3_600],
  ["day", 86_400],
  ["week", 604_800],
];
const POINTS = 600;

/** A device that speaks seldom is shown for longer: for an hour when so few came in five minutes, for a day when none came in an hour. */
const FEW = 3;
const QUIET_MILLISECONDS = 60_000;

function isOf(of: { path: string }, resource: number): boolean {
  return of.path.startsWith("/33458/") && of.path.endsWith(`/${resource}`);
}

function changes(of: SeriesOfPath): boolean {
  return of.points.length > 1 && of.points.some((point) => point.low !== of.points[0]?.low || point.high !== of.points[0]?.low);
}

function said(of: Latest) {
  if (isOf(of, SELF_TEST) && of.value !== undefined) return VERDICTS[of.value] ?? figure(of.value);
  const value = of.words ?? (of.value === undefined ? "–" : figure(of.value));
  return of.unit ? `${value} ${of.unit}` : value;
}

/** What the module in use makes of its samples: that of the slot that was heard of last. */
function Results({ of }: { of: Latest[] }) {
  const newest = of.filter((each) => isOf(each, INFERENCES)).sort((a, b) => b.time.localeCompare(a.time))[0];
  if (!newest) return null;
  const slot = newest.path.split("/")[2];
  const find = (resource: number) => of.find((each) => each.path === `/33458/${slot}/${resource}`);
  const [seen, score, latency, test] = [find(CLASS), find(SCORE), find(LATENCY), find(SELF_TEST)];
  const passed = test?.value === 1;
  return (
    <div className="tiles" style={{ marginBottom: 14 }}>
      {test && <Tile label="Self-test" figure={<Badge tone={passed ? "good" : test.value === 0 ? "plain" : "bad"}>{said(test)}</Badge>} detail={<Ago time={test.time} />} />}
      <Tile label="Inferences" figure={said(newest)} detail={<Ago time={newest.time} />} />
      {seen && <Tile label="Last result" figure={`class ${said(seen)}`} detail={score && `with score ${said(score)}`} />}
      {latency && <Tile label="Mean latency" figure={said(latency)} detail="for an inference" />}
    </div>
  );
}

/** What a device measured: a chart for each resource that changed, the last value of all. */
export function Telemetry({ device }: { device: string }) {
  const [chosen, setChosen] = useState<number>();
  const [tried, setTried] = useState(300);
  const seconds = chosen ?? tried;
  const told = useQuery({
    queryKey: ["telemetry", device, seconds],
    queryFn: () => get<Told>(path(`/devices/${device}/telemetry`, { from: new Date(Date.now() - 1000 * seconds).toISOString(), points: POINTS })),
    placeholderData: (before) => before,
  });
  const most = Math.max(0, ...(told.data?.series ?? []).map((each) => each.points.length));
  const isShown = told.data !== undefined && !told.isPlaceholderData;
  // One that speaks now has only begun to, and soon fills a short time.
  const isQuiet = (told.data?.latest.length ?? 0) > 0 && !told.data?.latest.some((each) => Date.now() - new Date(each.time).getTime() < QUIET_MILLISECONDS);
  useEffect(() => {
    if (!isShown || !isQuiet) return;
    if (tried === 300 && most < FEW) setTried(3_600);
    if (tried === 3_600 && most === 0) setTried(86_400);
  }, [isShown, isQuiet, most, tried]);
  const drawn = (told.data?.series ?? []).filter((each) => (each.name || !SHOWN_ABOVE.test(each.path)) && !isOf(each, SELF_TEST) && changes(each));
  const latest = (told.data?.latest ?? []).filter((each) => each.name || !SHOWN_ABOVE.test(each.path));
  const range = RANGES.find(([, length]) => length === seconds)?.[0];
  return (
    <Card
      title="Telemetry"
      actions={
        latest.length > 0 && (
          <label className="inline">
            <span className="muted small">Last</span>
            <select value={seconds} onChange={(event) => setChosen(Number(event.target.value))} aria-label="Time that is shown">
              {RANGES.map(([name, length]) => <option key={length} value={length}>{name}</option>)}
            </select>
          </label>
        )
      }
    >
      <Trouble error={told.error} />
      {told.data && latest.length === 0 && (
        <Empty title="Nothing measured yet">Results and counters show up here as soon as the device sends them. A device without a module has none.</Empty>
      )}
      <Results of={latest} />
      {latest.length > 0 && drawn.length === 0 && <p className="muted">Nothing changed in the last {range}.</p>}
      {drawn.length > 0 && (
        <div className="columns">
          {drawn.map((each) => <Chart key={each.path} name={each.name ?? each.path} unit={each.unit} points={each.points} marks={isOf(each, CLASS)} />)}
        </div>
      )}
      {latest.length > 0 && (
        <details>
          <summary>All last values</summary>
          <Table<Latest>
            rows={latest}
            id={(each) => each.path}
            label="Last values"
            columns={[
              { head: "Resource", cell: (each) => each.name ?? <span className="mono">{each.path}</span> },
              { head: "Path", cell: (each) => <span className="mono">{each.path}</span> },
              { head: "Value", cell: said },
              { head: "Told", cell: (each) => <Ago time={each.time} /> },
            ]}
          />
        </details>
      )}
    </Card>
  );
}
