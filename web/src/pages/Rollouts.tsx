import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { get, type Page, send } from "../api";
import { count, counted, duration, moment, percent, sentence } from "../format";
import { Badge, Card, Empty, Facts, Loading, Missing, type Share, Shares, State, Top, Trouble } from "../parts";
import { Ago } from "../parts/Ago";
import { Listing, useList } from "../parts/lists";
import { useAct } from "../parts/useAct";
import { may, type Role, useMe } from "../session";
import type { Version } from "./Versions";

export interface Tally {
  waiting: number;
  running: number;
  succeeded: number;
  failed: number;
  skipped: number;
  returning: number;
  goingBack: number;
  returned: number;
  notReturned: number;
}

interface Wave {
  name?: string;
  devices?: number;
  percent?: number;
  soak: string;
  successPercent?: number;
}

export interface Rollout {
  id: string;
  name: string;
  version: string;
  target: { filter?: string; group?: string; percent?: number };
  phase: string;
  stage?: string;
  wave: number;
  reason: string;
  waitsFor: string[];
  counts: Tally;
  waves: { number: number; name: string; counts: Tally }[];
  plan: {
    waves: Wave[];
    pace: { atOnce: number };
    errors: { devices?: number; percent?: number; minimumSample: number; then: string };
    gates: { selfTestFailures?: number; latencyPercent?: number; minimumSample: number };
    approval: boolean;
    windows: { from: string; to: string; zone: string }[];
  };
  created: string;
  createdBy: string;
  approvedBy?: string;
  started?: string;
  ended?: string;
}

export function total(of: Tally): number {
  return Object.values(of).reduce((sum: number, value: number) => sum + value, 0);
}

export function shares(of: Tally): Share[] {
  const all: Share[] = [
    { name: "updated", count: of.succeeded, tone: "good" },
    { name: "updating", count: of.running, tone: "busy" },
    { name: "failed", count: of.failed + of.notReturned, tone: "bad" },
    { name: "going back", count: of.returning + of.goingBack, tone: "warn" },
    { name: "brought back", count: of.returned, tone: "warn" },
    { name: "left out", count: of.skipped, tone: "plain" },
    { name: "waiting", count: of.waiting, tone: "plain" },
  ];
  return all.filter((share) => share.count > 0);
}

function gates(of: Rollout["plan"]["gates"]): string {
  return [
    of.selfTestFailures !== undefined && of.selfTestFailures !== null && `at most ${of.selfTestFailures} failed self-tests`,
    of.latencyPercent !== undefined && of.latencyPercent !== null && `latency at most ${of.latencyPercent} % above that of before`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** What must hold before the next wave. */
function condition(wave: Wave | undefined): string {
  if (!wave) return "";
  return [wave.soak !== "PT0S" && `watched for ${duration(wave.soak)}`, (wave.successPercent ?? 0) > 0 && `${wave.successPercent} % must succeed`].filter(Boolean).join("; ");
}

export function Rollouts() {
  const me = useMe().data;
  return (
    <>
      <Top title="Rollouts" subtitle="Versions on their way to devices, wave by wave.">
        {may(me, "OPERATOR") && <Link className="button primary" to="/rollouts/new">New rollout</Link>}
      </Top>
      <Card>
        <Listing<Rollout>
          of={useList<Rollout>("rollouts", "/rollouts")}
          id={(rollout) => rollout.id}
          label="Rollouts"
          empty="A rollout brings a version of a model to the devices that you choose."
          columns={[
            { head: "Rollout", cell: (rollout) => <Link to={`/rollouts/${rollout.id}`}>{rollout.name}</Link> },
            { head: "State", cell: (rollout) => <State of={rollout.phase} /> },
            { head: "Devices", cell: (rollout) => count(total(rollout.counts)), number: true },
            { head: "Updated", cell: (rollout) => percent(rollout.counts.succeeded, total(rollout.counts)), number: true },
            { head: "Failed", cell: (rollout) => count(rollout.counts.failed), number: true },
            { head: "Made", cell: (rollout) => <><Ago time={rollout.created} /> by {rollout.createdBy}</> },
          ]}
        />
      </Card>
    </>
  );
}

const STAGES: Record<string, string> = { PREPARING: "modules are built", UPDATING: "devices are updated", SOAKING: "the wave is watched" };

/** Notes of a rollout that something went wrong; "0 failed" is none. */
const WRONG = /(?:^|[^\d,])[1-9][\d,]* failed|rolls? back|brought back|limit|pauses? itself|paused: /;

const ACTIONS: { path: string; name: string; role: Role; phases: string[]; tone?: string; ask?: string }[] = [
  { path: "approve", name: "Approve", role: "APPROVER", phases: ["AWAITING_APPROVAL"], tone: "primary" },
  { path: "start", name: "Start", role: "OPERATOR", phases: ["CREATED"], tone: "primary" },
  { path: "resume", name: "Resume", role: "OPERATOR", phases: ["PAUSED"], tone: "primary" },
  { path: "pause", name: "Pause", role: "OPERATOR", phases: ["RUNNING", "SCHEDULED"] },
  { path: "rollback", name: "Roll back", role: "OPERATOR", phases: ["RUNNING", "PAUSED", "STOPPING"], tone: "danger", ask: "Bring every device that it updated back to what it ran before?" },
  { path: "abort", name: "Abort", role: "OPERATOR", phases: ["CREATED", "AWAITING_APPROVAL", "SCHEDULED", "RUNNING", "PAUSED", "ROLLING_BACK"], tone: "danger", ask: "End the rollout? What is installed stays." },
];

interface Member {
  device: string;
  name: string;
  wave: number;
  state: string;
  attempts: number;
  module?: string;
  failure?: string;
  reason: string;
  changed: string;
}

export function RolloutPage() {
  const { id } = useParams();
  const me = useMe().data;
  const act = useAct("rollouts");
  const [state, setState] = useState("");
  const rollout = useQuery({ queryKey: ["rollouts", id], queryFn: () => get<Rollout>(`/rollouts/${id}`), refetchInterval: 15_000 });
  const version = useQuery({
    queryKey: ["versions", rollout.data?.version],
    queryFn: () => get<Version>(`/versions/${rollout.data?.version}`),
    enabled: Boolean(rollout.data),
  });
  const history = useQuery({ queryKey: ["rollouts", id, "history"], queryFn: () => get<Page<{ id: string; at: string; what: string }>>(`/rollouts/${id}/history?limit=100`) });
  const members = useList<Member>("rollouts", `/rollouts/${id}/devices`, { state });
  if (rollout.error) return <Missing error={rollout.error} back={{ to: "/rollouts", name: "Rollouts" }} />;
  if (rollout.isPending) return <Loading />;
  const shown = rollout.data;
  const { target, plan } = shown;
  return (
    <>
      <Top
        title={shown.name}
        subtitle={
          <>
            <State of={shown.phase} /> {shown.stage && (STAGES[shown.stage] ?? shown.stage.toLowerCase())} {sentence(shown.reason)}
          </>
        }
        trail={[{ to: "/rollouts", name: "Rollouts" }]}
      >
        {ACTIONS.filter((action) => action.phases.includes(shown.phase) && may(me, action.role)).map((action) => (
          <button
            key={action.path}
            type="button"
            className={action.tone}
            disabled={act.busy}
            onClick={() => {
              if (!action.ask || window.confirm(action.ask)) void act.run(() => send("POST", `/rollouts/${id}/${action.path}`));
            }}
          >
            {action.name}
          </button>
        ))}
      </Top>
      <Trouble error={act.error} />
      <Card title="Devices">
        <Shares of={shares(shown.counts)} whole={total(shown.counts)} label="Devices" />
        {shown.waitsFor.length > 0 && (
          <div className="note" style={{ marginTop: 16, marginBottom: 0 }} role="status">
            {shown.waitsFor.map((words) => <p key={words}>{sentence(words)}</p>)}
          </div>
        )}
      </Card>
      <Card title="Waves">
        {shown.waves.length === 0 && <Empty title="Not divided yet">When it starts, the devices that match are put into {counted(plan.waves.length || 1, "wave")}.</Empty>}
        <div className="waves">
          {shown.waves.map((wave) => (
            <div key={wave.number} className={wave.number === shown.wave && shown.phase === "RUNNING" ? "wave now" : "wave"}>
              <p>
                <strong>{wave.name || `Wave ${wave.number}`}</strong> <span className="muted small">{counted(total(wave.counts), "device")}</span>
              </p>
              <Shares of={shares(wave.counts)} whole={total(wave.counts)} label={`Wave ${wave.number}`} />
              <p className="muted small">{condition(plan.waves[wave.number - 1])}</p>
            </div>
          ))}
        </div>
      </Card>
      <div className="columns">
        <Card title="Plan">
          <Facts
            of={[
              ["Brings", version.data && <Link to={`/versions/${shown.version}`}>{version.data.modelName}, version {version.data.number}</Link>],
              ["To", [target.filter && `devices with ${target.filter}`, target.group && `group ${target.group}`, target.percent !== undefined && target.percent !== null && `${target.percent} % of them`].filter(Boolean).join(", ")],
              ["Stops if", [plan.errors.devices !== undefined && plan.errors.devices !== null && `more than ${plan.errors.devices} devices fail`, plan.errors.percent !== undefined && plan.errors.percent !== null && `more than ${plan.errors.percent} % of at least ${plan.errors.minimumSample} fail`].filter(Boolean).join(", or ")],
              ["Then", plan.errors.then.toLowerCase().replaceAll("_", " ")],
              ["Gates", gates(plan.gates)],
              ["At once", `${counted(plan.pace.atOnce, "update")} at most`],
              ["Only", plan.windows.map((window) => `${window.from} to ${window.to} ${window.zone}`).join(", ")],
              ["Approved", shown.approvedBy ? `by ${shown.approvedBy}` : plan.approval ? "not yet" : "not asked for"],
              ["Made", `${moment(shown.created)} by ${shown.createdBy}`],
              ["Started", shown.started && moment(shown.started)],
              ["Ended", shown.ended && moment(shown.ended)],
            ]}
          />
        </Card>
        <Card title="What was decided">
          {(history.data?.items ?? []).length === 0 ? (
            <Empty title="Nothing yet" />
          ) : (
            <ol className="steps">
              {(history.data?.items ?? []).map((note) => (
                <li key={note.id} className={WRONG.test(note.what) ? "bad" : undefined}>
                  <time dateTime={note.at}>{moment(note.at)}</time>
                  {sentence(note.what)}
                </li>
              ))}
            </ol>
          )}
        </Card>
      </div>
      <Card
        title="Each device"
        actions={
          <label style={{ margin: 0 }}>
            <span className="skip">State</span>
            <select value={state} onChange={(event) => setState(event.target.value)} style={{ margin: 0 }}>
              <option value="">all states</option>
              {["WAITING", "RUNNING", "SUCCEEDED", "FAILED", "SKIPPED", "RETURNING", "GOING_BACK", "RETURNED", "NOT_RETURNED"].map((each) => (
                <option key={each} value={each}>{each.toLowerCase().replaceAll("_", " ")}</option>
              ))}
            </select>
          </label>
        }
      >
        <Listing<Member>
          of={members}
          id={(member) => member.device}
          label="Devices"
          empty={state ? "None is in this state." : "Devices are listed when it has been started."}
          columns={[
            { head: "Device", cell: (member) => <Link to={`/devices/${member.device}`}>{member.name}</Link> },
            { head: "Wave", cell: (member) => member.wave, number: true },
            { head: "State", cell: (member) => <State of={member.state} /> },
            { head: "Attempts", cell: (member) => member.attempts, number: true },
            { head: "Why", cell: (member) => <>{member.failure && <Badge tone="bad">{member.failure.toLowerCase()}</Badge>} {sentence(member.reason)}</> },
            { head: "Since", cell: (member) => <Ago time={member.changed} /> },
          ]}
        />
      </Card>
    </>
  );
}
