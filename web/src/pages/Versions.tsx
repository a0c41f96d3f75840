import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { get, send } from "../api";
import { bytes, count, moment } from "../format";
import { Badge, Card, Dialog, Facts, Loading, Missing, Table, Tile, Top, Trouble } from "../parts";
import { Ago } from "../parts/Ago";
import { Listing, useList } from "../parts/lists";
import { useAct } from "../parts/useAct";
import { may, useMe } from "../session";
import { LineageOf } from "./LineageOf";
import type { Module } from "./Modules";

interface TensorFact {
  name: string;
  type: string;
  shape: number[];
}

interface Issue {
  code: string;
  where: string;
  what: string;
  fix: string;
}

interface Fit {
  target: string;
  fits: boolean;
  arenaBytes?: number;
  flashBytes?: number;
  estimatedCycles?: number;
  problems?: Issue[];
}

export interface Version {
  id: string;
  model: string;
  modelName: string;
  number: number;
  format: string;
  sha256: string;
  bytes: number;
  fileName: string;
  description: string;
  aliases: string[];
  modules: number;
  created: string;
  createdBy: string;
  card?: string;
  check?: { macs?: number; weightBytes?: number; inputs?: TensorFact[]; outputs?: TensorFact[]; operators?: Record<string, number>; issues?: Issue[]; targets?: Fit[] };
}

function tensors(of: TensorFact[] | undefined): string {
  return (of ?? []).map((tensor) => `${tensor.name}: ${tensor.type} [${tensor.shape.join(", ")}]`).join("; ");
}

/** Whether it fits, and what is in the way if not. */
function Fits({ of }: { of: Fit }) {
  if (of.fits) return <Badge tone="good">yes</Badge>;
  return (
    <>
      <Badge tone="bad">no</Badge>
      {(of.problems ?? []).slice(0, 2).map((problem) => (
        <span key={problem.code + problem.where} className="reason muted small" title={problem.fix}>
          {problem.code}: {problem.what}
        </span>
      ))}
    </>
  );
}

export function VersionPage() {
  const { id } = useParams();
  const me = useMe().data;
  const navigate = useNavigate();
  const act = useAct("jobs", "modules", "compilations", "lineage");
  const [open, setOpen] = useState(false);
  const version = useQuery({ queryKey: ["versions", id], queryFn: () => get<Version>(`/versions/${id}`) });
  const modules = useList<Module>("modules", "/modules", { version: id });
  if (version.error) return <Missing error={version.error} back={{ to: "/models", name: "Models" }} />;
  if (version.isPending) return <Loading />;
  const shown = version.data;
  const check = shown.check;
  const compile = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const targets = new FormData(event.currentTarget).getAll("targets");
    await act.run(async () => {
      const made = await send<{ id: string }>("POST", "/compilations", { version: id, targets });
      navigate(`/compilations/${made.id}`);
    });
  };
  return (
    <>
      <Top
        title={`${shown.modelName}, version ${shown.number}`}
        subtitle={shown.description || <>{shown.fileName}, uploaded <Ago time={shown.created} /> by {shown.createdBy}</>}
        trail={[{ to: "/models", name: "Models" }, { to: `/models/${shown.model}`, name: shown.modelName }]}
      >
        {may(me, "DEVELOPER") && <button type="button" className="primary" onClick={() => setOpen(true)}>Compile</button>}
        <a className="button" href={`/v1/versions/${id}/content`}>Download</a>
      </Top>
      <Card>
        <div className="tiles">
          <Tile label="File" figure={bytes(shown.bytes)} detail={shown.format} />
          <Tile label="Weights" figure={bytes(check?.weightBytes)} />
          <Tile label="Multiplications" figure={count(check?.macs)} detail="MACs for an inference" />
          <Tile label="Modules" figure={shown.modules} detail="built of it" />
        </div>
      </Card>
      <div className="columns">
        <Card title="What it is">
          <Facts
            of={[
              ["Inputs", tensors(check?.inputs)],
              ["Outputs", tensors(check?.outputs)],
              ["Operators", Object.entries(check?.operators ?? {}).map(([name, times]) => `${name} × ${times}`).join(", ")],
              ["SHA-256", <span className="mono">{shown.sha256}</span>],
              ["Uploaded", `${moment(shown.created)} by ${shown.createdBy}`],
            ]}
          />
        </Card>
        <Card title="Where it fits">
          <Table<Fit>
            rows={check?.targets ?? []}
            id={(fit) => fit.target}
            label="Targets"
            tall
            columns={[
              { head: "Target", cell: (fit) => fit.target },
              { head: "Fits", cell: (fit) => <Fits of={fit} /> },
              { head: "Arena", cell: (fit) => bytes(fit.arenaBytes), number: true },
              { head: "Flash", cell: (fit) => bytes(fit.flashBytes), number: true },
              { head: "Cycles", cell: (fit) => count(fit.estimatedCycles), number: true },
            ]}
          />
        </Card>
      </div>
      <Card title="Modules">
        <Listing<Module>
          of={modules}
          id={(module) => module.id}
          label="Modules"
          empty="A rollout builds them, or Compile above."
          columns={[
            { head: "Module", cell: (module) => <Link to={`/modules/${module.id}`}>{module.target}</Link> },
            { head: "Compiler", cell: (module) => `${module.compiler} ${module.compilerVersion}` },
            { head: "Size", cell: (module) => bytes(module.bytes), number: true },
            { head: "Sequence", cell: (module) => module.sequence, number: true },
            { head: "In use by", cell: (module) => module.uses, number: true },
            { head: "Built", cell: (module) => <Ago time={module.created} /> },
          ]}
        />
      </Card>
      <Card title="Lineage">
        <LineageOf url={`/versions/${id}/lineage`} here={`version:${id}`} />
      </Card>
      <Dialog open={open} onClose={() => setOpen(false)} title="Compile for targets">
        <form onSubmit={(event) => void compile(event)}>
          <Trouble error={act.error} />
          <fieldset>
            <legend>Targets that it fits</legend>
            {(check?.targets ?? []).filter((fit) => fit.fits).map((fit) => (
              <label key={fit.target}>
                <input type="checkbox" name="targets" value={fit.target} />
                {fit.target} <span className="muted small">{bytes(fit.flashBytes)} flash, {bytes(fit.arenaBytes)} RAM</span>
              </label>
            ))}
          </fieldset>
          <div className="right">
            <button type="button" onClick={() => setOpen(false)}>Cancel</button>
            <button type="submit" className="primary" disabled={act.busy}>Compile</button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
