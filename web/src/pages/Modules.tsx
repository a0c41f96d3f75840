import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { get } from "../api";
import { bytes, count, exactly, moment, percent, sentence, short } from "../format";
import { Card, Facts, Loading, Missing, Shares, State, Tile, type Tone, Top } from "../parts";
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
  facts?: { flashBytes?: number; ramBytes?: number };
  report?: { macs?: number; sizes?: Record<string, number>; choice?: { explanation?: string[] }; proof?: string[] };
}

const TONES: Tone[] = ["busy", "warn"];

/** How much of a memory a module takes, and for what. */
function Use({ name, parts, used, of }: { name: string; parts: [string, number | undefined][]; used?: number; of?: number }) {
  const known = parts.filter((part): part is [string, number] => (part[1] ?? 0) > 0);
  return (
    <div>
      <h3>
        {name} <span className="said">{exactly(used)}</span>
      </h3>
      <Shares of={known.map(([part, size], index) => ({ name: part, count: size, tone: TONES[index] ?? "plain", text: exactly(size) }))} whole={known.reduce((sum, [, size]) => sum + size, 0)} label={name} />
      {of && used !== undefined && <p className="muted small">{percent(used, of)} of the {bytes(of)} that the device has free for modules.</p>}
    </div>
  );
}

export function ModulePage() {
  const { id } = useParams();
  const module = useQuery({ queryKey: ["modules", id], queryFn: () => get<Module>(`/modules/${id}`) });
  const uses = useQuery({ queryKey: ["modules", id, "uses"], queryFn: () => get<{ kind: string; id: string; name: string }[]>(`/modules/${id}/uses`) });
  if (module.error) return <Missing error={module.error} back={{ to: "/models", name: "Models" }} />;
  if (module.isPending) return <Loading />;
  const shown = module.data;
  const sizes = shown.report?.sizes ?? {};
  return (
    <>
      <Top
        title={`${shown.modelName}, version ${shown.number}, for ${shown.target}`}
        subtitle={<>{shown.compiler} {shown.compilerVersion}, built <Ago time={shown.created} /> {shown.kind !== "BUILD" && <State of={shown.kind} />}</>}
        trail={[{ to: "/models", name: "Models" }, { to: `/models/${shown.model}`, name: shown.modelName }, { to: `/versions/${shown.version}`, name: `version ${shown.number}` }]}
      >
        <a className="button" href={`/v1/modules/${id}/content`}>Download</a>
      </Top>
      <Card>
        <div className="tiles">
          <Tile label="Signed file" figure={exactly(shown.bytes)} detail="what a device fetches" />
          <Tile label="Multiplications" figure={count(shown.report?.macs)} detail="MACs for an inference" />
          {sizes.instructions ? <Tile label="Instructions" figure={count(sizes.instructions)} detail="counted on the emulated board" /> : null}
          <Tile label="Sequence" figure={shown.sequence} detail="devices take only newer ones" />
        </div>
      </Card>
      <Card title="Memory">
        <div className="columns">
          <Use name="Flash" parts={[["code", sizes.codeBytes], ["weights", sizes.weightBytes]]} used={sizes.flashBytes} of={shown.facts?.flashBytes} />
          <Use name="RAM" parts={[["arena", sizes.arenaBytes], ["stack", sizes.stackBytes]]} used={(sizes.arenaBytes ?? 0) + (sizes.stackBytes ?? 0)} of={shown.facts?.ramBytes} />
        </div>
        {(shown.report?.proof ?? []).map((line) => <p key={line} className="muted small begins">{sentence(line)}.</p>)}
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
        <Card title="Report: memory over time, layers and their cost" actions={<a className="button" href={`/v1/modules/${id}/page`} target="_blank" rel="noreferrer">Open on its own</a>}>
          <iframe className="report" title="Report of the build" src={`/v1/modules/${id}/page`} />
        </Card>
      )}
    </>
  );
}
