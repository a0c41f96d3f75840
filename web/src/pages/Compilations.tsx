import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { get, send } from "../api";
import { clockTime, counted } from "../format";
import { Badge, Card, Empty, Facts, Loading, Missing, State, Top, Trouble } from "../parts";
import { Ago } from "../parts/Ago";

import { useAct } from "../parts/useAct";
import { may, useMe } from "../session";
import type { Version } from "./Versions";

interface Build {
  build: string;
  state: string;
  module?: string;
  code?: string;
  failure?: string;
  fix?: string;
  explanation: string[];
  job?: string;
}

type DeviceFacts = Record<string, unknown>;

interface Compilation {
  id: string;
  version: string;
  options: Record<string, unknown>;
  created: string;
  createdBy: string;
  ended: boolean;
  builds: { devices: number; facts: DeviceFacts; build: Build }[];
}

interface OneBuild {
  version: string;
  facts: DeviceFacts;
  options: Record<string, unknown>;
  build: Build;
}

function words(of: DeviceFacts): [string, string][] {
  return Object.entries(of)
    .map(([name, value]): [string, string] => [name, Array.isArray(value) ? value.join(", ") : String(value)])
    .filter(([, value]) => value !== "");
}

function Options({ of }: { of: Record<string, unknown> }) {
  return (
    <span className="badges">
      {words(of).map(([name, value]) => <Badge key={name}>{`${name}: ${value}`}</Badge>)}
    </span>
  );
}

function useVersion(id: string | undefined) {
  return useQuery({ queryKey: ["versions", id], queryFn: () => get<Version>(`/versions/${id}`), enabled: Boolean(id) }).data;
}

function Log({ job }: { job: string }) {
  const log = useQuery({ queryKey: ["jobs", job, "log"], queryFn: () => get<{ lines: { line: number; at: string; text: string }[] }>(`/jobs/${job}/log?limit=1000`) });
  // What has ended long ago is cleared away, with its log.
  if (log.error) return <p className="muted">The log is not kept any more.</p>;
  return (
    <pre className="mono" tabIndex={0} aria-label="Log of the build">
      {(log.data?.lines ?? []).map((line) => `${clockTime(line.at)}  ${line.text}`).join("\n") || "Nothing yet."}
    </pre>
  );
}

function BuildCard({ facts, build, devices }: { facts: DeviceFacts; build: Build; devices?: number }) {
  const target = typeof facts.target === "string" ? facts.target : "devices with these facts";
  return (
    <Card
      title={`For ${target}`}
      actions={build.module && <Link className="button" to={`/modules/${build.module}`}>Its module</Link>}
    >
      <p>
        <State of={build.state} /> {devices !== undefined && devices > 0 && <span className="muted">for {counted(devices, "device")}</span>}
      </p>
      {build.failure && (
        <div className="problem">
          <p>
            {build.code && <strong>{build.code} </strong>}
            {build.failure}
          </p>
          {build.fix && <p className="muted">{build.fix}</p>}
        </div>
      )}
      <h3>Why this one</h3>
      {build.explanation.length === 0 ? (
        <p className="muted">It is explained when the build has ended.</p>
      ) : (
        <ol className="steps">{build.explanation.map((line) => <li key={line}>{line}</li>)}</ol>
      )}
      <details>
        <summary>Facts of the device, and log</summary>
        <div className="inside">
          <Facts of={words(facts)} />
          {build.job && <Log job={build.job} />}
        </div>
      </details>
    </Card>
  );
}

/** What was asked for together, each build with its choice. */
export function CompilationPage() {
  const { id } = useParams();
  const me = useMe().data;
  const act = useAct("compilations", "jobs");
  const compilation = useQuery({ queryKey: ["compilations", id], queryFn: () => get<Compilation>(`/compilations/${id}`) });
  const version = useVersion(compilation.data?.version);
  if (compilation.error) return <Missing error={compilation.error} back={{ to: "/models", name: "Models" }} />;
  if (compilation.isPending) return <Loading />;
  const shown = compilation.data;
  const built = shown.builds.filter((part) => part.build.state === "BUILT").length;
  return (
    <>
      <Top
        title={version ? `Compilation of ${version.modelName}, version ${version.number}` : "Compilation"}
        subtitle={
          <>
            asked for <Ago time={shown.created} /> by {shown.createdBy}; {built} of {shown.builds.length} built <Options of={shown.options} />
          </>
        }
        trail={version && [{ to: "/models", name: "Models" }, { to: `/models/${version.model}`, name: version.modelName }, { to: `/versions/${version.id}`, name: `version ${version.number}` }]}
      >
        {!shown.ended && may(me, "DEVELOPER") && (
          <button type="button" className="danger" disabled={act.busy} onClick={() => void act.run(() => send("POST", `/compilations/${id}/cancel`))}>
            Cancel
          </button>
        )}
      </Top>
      <Trouble error={act.error} />
      {shown.builds.length === 0 && <Empty title="No builds">No device matched.</Empty>}
      {shown.builds.map((part) => <BuildCard key={part.build.build} facts={part.facts} build={part.build} devices={part.devices} />)}
    </>
  );
}

/** One build, as the lineage links to it, whoever asked for it. */
export function BuildPage() {
  const { id } = useParams();
  const build = useQuery({ queryKey: ["compilations", "build", id], queryFn: () => get<OneBuild>(`/builds/${id}`) });
  const version = useVersion(build.data?.version);
  if (build.error) return <Missing error={build.error} back={{ to: "/models", name: "Models" }} />;
  if (build.isPending) return <Loading />;
  return (
    <>
      <Top
        title={version ? `Build of ${version.modelName}, version ${version.number}` : "Build"}
        subtitle={<Options of={build.data.options} />}
        trail={version && [{ to: "/models", name: "Models" }, { to: `/models/${version.model}`, name: version.modelName }, { to: `/versions/${version.id}`, name: `version ${version.number}` }]}
      />
      <BuildCard facts={build.data.facts} build={build.data.build} />
    </>
  );
}
