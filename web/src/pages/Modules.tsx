import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { get } from "../api";
import { bytes, moment, short } from "../format";
import { Card, Facts, Loading, State, Tile, Top, Trouble } from "../parts";
import { Ago } from "../parts/Ago";

export interface Module {
  id: string;
  model: string;
  modelName: string;
  version: string;
  number: number;
  kind: string;
  target: string;
  compiler: string;
  compilerVersion: string;
  sha256: string;
  bytes: number;
  sequence: number;
  identity: string;
  page: boolean;
  uses: number;
  created: string;
  report?: { sizes?: Record<string, number>; choice?: { explanation?: string[] } };
}

export function ModulePage() {
  const { id } = useParams();
  const module = useQuery({ queryKey: ["modules", id], queryFn: () => get<Module>(`/modules/${id}`) });
  const uses = useQuery({ queryKey: ["modules", id, "uses"], queryFn: () => get<{ kind: string; id: string; name: string }[]>(`/modules/${id}/uses`) });
  if (module.error) return <Trouble error={module.error} />;
  if (module.isPending) return <Loading />;
  const shown = module.data;
  const sizes = shown.report?.sizes ?? {};
  return (
    <>
      <Top
        title={`${shown.modelName} ${shown.number} for ${shown.target}`}
        subtitle={<>{shown.compiler} {shown.compilerVersion}, built <Ago time={shown.created} /> {shown.kind !== "BUILD" && <State of={shown.kind} />}</>}
        trail={[{ to: "/models", name: "Models" }, { to: `/models/${shown.model}`, name: shown.modelName }, { to: `/versions/${shown.version}`, name: `version ${shown.number}` }]}
      >
        <a className="button" href={`/v1/modules/${id}/content`}>Download</a>
      </Top>
      <Card>
        <div className="tiles">
          <Tile label="Module" figure={bytes(shown.bytes)} detail="signed file" />
          <Tile label="Arena" figure={bytes(sizes.arenaBytes)} detail="RAM while it runs" />
          <Tile label="Flash" figure={bytes(sizes.flashBytes)} />
          <Tile label="Sequence" figure={shown.sequence} detail="devices take only newer ones" />
        </div>
      </Card>
      <div className="columns">
        <Card title="Why this one">
          <ol className="steps">
            {(shown.report?.choice?.explanation ?? ["No explanation was kept."]).map((line) => <li key={line}>{line}</li>)}
          </ol>
        </Card>
        <Card title="Facts">
          <Facts
            of={[
              ["Identity", <span className="mono">{shown.identity}</span>],
              ["SHA-256", <span className="mono">{shown.sha256}</span>],
              ["Built", moment(shown.created)],
              ["In use by", (uses.data ?? []).length === 0 ? "nothing" : (
                <ul style={{ margin: 0, paddingLeft: 18 }}>
                  {(uses.data ?? []).slice(0, 20).map((use) => (
                    <li key={use.id}><Link to={`/${use.kind}s/${use.id}`}>{use.kind} {use.name && use.name !== use.id ? use.name : short(use.id)}</Link></li>
                  ))}
                </ul>
              )],
            ]}
          />
        </Card>
      </div>
      {shown.page && (
        <Card title="Report: layers, memory map">
          <iframe className="report" title="Report of the build" src={`/v1/modules/${id}/page`} />
        </Card>
      )}
    </>
  );
}
