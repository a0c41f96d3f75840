import { useQueries } from "@tanstack/react-query";
import { Link } from "react-router";
import { get, type Page, path } from "../api";
import { count, counted } from "../format";
import { Card, Empty, Shares, State, Tile, Top, Trouble } from "../parts";
import { Ago } from "../parts/Ago";
import { type Job, isOver } from "./Jobs";
import { type Rollout, shares, total } from "./Rollouts";

const STATES: [string, string, "good" | "busy" | "warn" | "plain"][] = [
  ["ONLINE", "online", "good"],
  ["SLEEPING", "sleeping", "busy"],
  ["OFFLINE", "offline", "warn"],
  ["NEVER_SEEN", "never seen", "plain"],
];

export function Overview() {
  const devices = useQueries({
    queries: STATES.map(([state]) => ({
      queryKey: ["devices", "count", state],
      queryFn: () => get<{ count: number }>(path("/device-count", { filter: `state==${state}` })),
    })),
  });
  const [rollouts, jobs, telemetry] = useQueries({
    queries: [
      { queryKey: ["rollouts", "newest"], queryFn: () => get<Page<Rollout>>("/rollouts?limit=5") },
      { queryKey: ["jobs", "newest"], queryFn: () => get<Page<Job>>("/jobs?limit=6") },
      { queryKey: ["telemetry", "summary"], queryFn: () => get<{ points: number; devices: number }>("/telemetry/summary"), refetchInterval: 10_000 },
    ],
  });
  const all = devices.reduce((sum, each) => sum + (each.data?.count ?? 0), 0);
  const live = (rollouts.data?.items ?? []).filter((each) => ["RUNNING", "PAUSED", "ROLLING_BACK", "STOPPING"].includes(each.phase));
  return (
    <>
      <Top title="Overview" />
      <Trouble error={devices.find((each) => each.error)?.error ?? rollouts.error ?? jobs.error} />
      <Card>
        <div className="tiles">
          <Tile label="Devices" figure={count(all)} detail={<Link to="/devices">all of them</Link>} />
          <Tile label="Online" figure={count(devices[0]?.data?.count)} detail="listening now" />
          <Tile label="Rollouts under way" figure={live.length} detail={<Link to="/rollouts">all rollouts</Link>} />
          <Tile label="Values in the last hour" figure={count(telemetry.data?.points)} detail={`from ${counted(telemetry.data?.devices, "device")}`} />
        </div>
      </Card>
      <Card title="Devices">
        {all === 0 ? (
          <Empty title="No devices yet"><Link to="/devices">Enter the first one.</Link></Empty>
        ) : (
          <Shares of={STATES.map(([, name, tone], index) => ({ name, tone, count: devices[index]?.data?.count ?? 0 })).filter((share) => share.count > 0)} whole={all} label="Devices by state" />
        )}
      </Card>
      <div className="columns">
        <Card title="Rollouts">
          {(rollouts.data?.items ?? []).length === 0 && <Empty title="No rollouts yet"><Link to="/rollouts/new">Make one.</Link></Empty>}
          {(rollouts.data?.items ?? []).map((rollout) => (
            <div key={rollout.id} style={{ marginBottom: 18 }}>
              <p className="line">
                <Link to={`/rollouts/${rollout.id}`}>{rollout.name}</Link>
                <State of={rollout.phase} />
                <span className="muted small">{rollout.reason}</span>
              </p>
              <Shares of={shares(rollout.counts)} whole={total(rollout.counts)} label={rollout.name} />
            </div>
          ))}
        </Card>
        <Card title="Jobs">
          {(jobs.data?.items ?? []).length === 0 && <Empty title="No jobs yet" />}
          {(jobs.data?.items ?? []).map((job) => (
            <p key={job.id} className="line">
              <Link to={`/jobs/${job.id}`}>{job.title}</Link>
              <State of={job.state} />
              <span className="muted small">{isOver(job) ? <Ago time={job.ended} /> : `${job.progress} % ${job.progressText}`}</span>
            </p>
          ))}
        </Card>
      </div>
    </>
  );
}
