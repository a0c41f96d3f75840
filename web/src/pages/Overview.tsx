import { useQueries } from "@tanstack/react-query";
import { Link } from "react-router";
import { get, type Page, path } from "../api";
import { count, counted, sentence } from "../format";
import { Badge, Card, Empty, Shares, State, Tile, type Tone, Top, Trouble } from "../parts";
import { Ago } from "../parts/Ago";
import { type Job, isOver } from "./Jobs";
import { type Rollout, shares, total } from "./Rollouts";

const STATES: [string, string, "good" | "busy" | "warn" | "plain"][] = [
  ["ONLINE", "online", "good"],
  ["SLEEPING", "sleeping", "busy"],
  ["OFFLINE", "offline", "warn"],
  ["NEVER_SEEN", "never seen", "plain"],
];

/** What a person has to decide or to mend, with a link to each. */
function Attention({ offline, rollouts, failed }: { offline: number; rollouts: Rollout[]; failed: Job[] }) {
  const lines: [string, string, Tone, string][] = [
    ...rollouts
      .filter((each) => ["PAUSED", "AWAITING_APPROVAL", "CREATED"].includes(each.phase))
      .map((each): [string, string, Tone, string] => [`/rollouts/${each.id}`, each.name, "warn", each.phase === "CREATED" ? "is made, and waits to be started" : each.phase === "PAUSED" ? `is paused${each.reason ? `: ${each.reason}` : ""}` : "waits for approval"]),
    ...rollouts
      .filter((each) => each.phase !== "PAUSED" && each.counts.failed + each.counts.notReturned > 0)
      .map((each): [string, string, Tone, string] => [`/rollouts/${each.id}`, each.name, "bad", `${counted(each.counts.failed + each.counts.notReturned, "device")} failed`]),
    ...failed.map((each): [string, string, Tone, string] => [`/jobs/${each.id}`, each.title, "bad", each.failure ?? "failed"]),
    ...(offline > 0 ? [["/devices?filter=state%3D%3DOFFLINE", counted(offline, "device"), "warn", `${offline === 1 ? "is" : "are"} away`] as [string, string, Tone, string]] : []),
  ];
  return (
    <Card title="Needs a person">
      {lines.length === 0 ? (
        <p className="muted" style={{ margin: 0 }}>Nothing. Rollouts that pause, builds that fail and devices that stay away show up here.</p>
      ) : (
        <ul className="plain">
          {lines.map(([to, name, tone, words]) => (
            <li key={`${to}${words}`} className="line">
              <Badge tone={tone}>{tone === "bad" ? "failed" : "look"}</Badge>
              <Link to={to}>{name}</Link>
              <span className="muted">{sentence(words)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** The first steps of a service with nothing in it. */
function FirstSteps() {
  return (
    <Card title="First steps">
      <ol>
        <li><Link to="/models">Upload a model</Link>: it is checked at once, and you see on which chips it fits.</li>
        <li><Link to="/devices">Enter a device</Link>: it gets a key, and shows up when it registers over LwM2M.</li>
        <li><Link to="/rollouts/new">Make a rollout</Link>: each device gets the module that is built for what it is.</li>
      </ol>
    </Card>
  );
}

export function Overview() {
  const devices = useQueries({
    queries: STATES.map(([state]) => ({
      queryKey: ["devices", "count", state],
      queryFn: () => get<{ count: number }>(path("/device-count", { filter: `state==${state}` })),
    })),
  });
  const [rollouts, jobs, failed, telemetry] = useQueries({
    queries: [
      { queryKey: ["rollouts", "newest"], queryFn: () => get<Page<Rollout>>("/rollouts?limit=5") },
      { queryKey: ["jobs", "newest"], queryFn: () => get<Page<Job>>("/jobs?limit=6") },
      { queryKey: ["jobs", "failed"], queryFn: () => get<Page<Job>>("/jobs?limit=3&state=FAILED") },
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
          <Tile label="Devices" figure={count(all)} detail={<Link to="/devices">all devices</Link>} />
          <Tile label="Online" figure={count(devices[0]?.data?.count)} detail={<Link to="/devices?filter=state%3D%3DONLINE">listening now</Link>} />
          <Tile label="Rollouts under way" figure={live.length} detail={<Link to="/rollouts">all rollouts</Link>} />
          <Tile label="Values in the last hour" figure={count(telemetry.data?.points)} detail={`from ${counted(telemetry.data?.devices, "device")}`} />
        </div>
      </Card>
      {rollouts.data && jobs.data && devices.every((each) => each.data) && all === 0 && jobs.data.items.length === 0 ? (
        <FirstSteps />
      ) : (
        <Attention offline={devices[2]?.data?.count ?? 0} rollouts={rollouts.data?.items ?? []} failed={failed.data?.items ?? []} />
      )}
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
