import { type FormEvent, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { useQuery } from "@tanstack/react-query";
import { get, path, send, upload } from "../api";
import { ago, bytes, count, moment, short } from "../format";
import { Badge, Card, Dialog, Facts, Loading, State, Table, Tile, Top, Trouble } from "../parts";
import { Lineage, type LineageEdge, type LineageNode } from "../parts/Lineage";
import { Listing, useList } from "../parts/lists";
import { useAct } from "../parts/useAct";
import { may, useMe } from "../session";

interface Model {
  id: string;
  name: string;
  description: string;
  tags: string[];
  versions: number;
  aliases: Record<string, number>;
  created: string;
  createdBy: string;
  changed: string;
}

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

interface Module {
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

interface Graph {
  nodes: { id: string; kind: string; name: string; detail: string; href?: string }[];
  edges: LineageEdge[];
  complete: boolean;
}

/** Places of this interface are called as those of the REST interface are, but for /v1. */
function place(href: string | undefined): string | undefined {
  if (!href) return undefined;
  return href.replace(/^\/v1/, "");
}

function Aliases({ of }: { of: Record<string, number> }) {
  return (
    <span className="badges">
      {Object.entries(of).map(([name, number]) => (
        <Badge key={name} tone={name === "production" ? "good" : "busy"}>
          {name} = {number}
        </Badge>
      ))}
    </span>
  );
}

export function Models() {
  const me = useMe().data;
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const act = useAct("models");
  const add = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const file = form.get("file") as File;
    const tags = String(form.get("tags")).split(",").map((tag) => tag.trim()).filter(Boolean);
    await act.run(async () => {
      const model = await send<Model>("POST", "/models", { name: form.get("name"), description: form.get("description"), tags });
      // A model whose file is refused stays, without a version, and the refusal is shown here.
      if (file.size > 0) await upload<Version>(path(`/models/${model.id}/versions`, { fileName: file.name }), file);
      navigate(`/models/${model.id}`);
    });
  };
  return (
    <>
      <Top title="Models" subtitle="What was trained, in all its versions.">
        {may(me, "DEVELOPER") && (
          <button type="button" className="primary" onClick={() => setOpen(true)}>
            New model
          </button>
        )}
      </Top>
      <Card>
        <Listing<Model>
          of={useList<Model>("models", "/models")}
          id={(model) => model.id}
          label="Models"
          empty="Upload a .tflite or .onnx file, or a tree ensemble."
          columns={[
            { head: "Model", cell: (model) => <Link to={`/models/${model.id}`}>{model.name}</Link> },
            { head: "Versions", cell: (model) => model.versions, number: true },
            { head: "Aliases", cell: (model) => <Aliases of={model.aliases} /> },
            { head: "Tags", cell: (model) => <span className="badges">{model.tags.map((tag) => <Badge key={tag}>{tag}</Badge>)}</span> },
            { head: "Changed", cell: (model) => ago(model.changed) },
          ]}
        />
      </Card>
      <Dialog open={open} onClose={() => { setOpen(false); act.clear(); }} title="New model">
        <form onSubmit={(event) => void add(event)}>
          <Trouble error={act.error} />
          <label>
            Name
            <input name="name" required maxLength={100} autoFocus />
          </label>
          <label>
            Description
            <input name="description" />
          </label>
          <label>
            Tags <span className="hint">separated by commas</span>
            <input name="tags" />
          </label>
          <label>
            File of the first version <span className="hint">.tflite, .onnx, or a forest as JSON; it is checked before it is kept</span>
            <input name="file" type="file" />
          </label>
          <div className="right">
            <button type="button" onClick={() => setOpen(false)}>Cancel</button>
            <button type="submit" className="primary" disabled={act.busy}>{act.busy ? "Checking …" : "Add"}</button>
          </div>
        </form>
      </Dialog>
    </>
  );
}

function LineageOf({ url, here }: { url: string; here?: string }) {
  const graph = useQuery({ queryKey: ["lineage", url], queryFn: () => get<Graph>(url) });
  if (graph.error) return <Trouble error={graph.error} />;
  if (graph.isPending) return <Loading />;
  const nodes: LineageNode[] = graph.data.nodes.map((node) => ({ ...node, to: place(node.href) }));
  return (
    <>
      <Lineage nodes={nodes} edges={graph.data.edges} here={here} />
      {!graph.data.complete && <p className="muted small">There is more than is shown here.</p>}
    </>
  );
}

export function ModelPage() {
  const { id } = useParams();
  const me = useMe().data;
  const act = useAct("models", "versions", "lineage");
  const [alias, setAlias] = useState<Version>();
  const model = useQuery({ queryKey: ["models", id], queryFn: () => get<Model>(`/models/${id}`) });
  const versions = useList<Version>("versions", `/models/${id}/versions`);
  if (model.error) return <Trouble error={model.error} />;
  if (model.isPending) return <Loading />;
  const add = async (file: File | undefined) => {
    if (file) await act.run(() => upload<Version>(path(`/models/${id}/versions`, { fileName: file.name }), file));
  };
  const move = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("alias"));
    const done = await act.run(() => send("PUT", `/models/${id}/aliases/${encodeURIComponent(name)}`, { version: alias?.id }));
    if (done) setAlias(undefined);
  };
  return (
    <>
      <Top title={model.data.name} subtitle={model.data.description} trail={[{ to: "/models", name: "Models" }]}>
        {may(me, "DEVELOPER") && (
          <label className="button primary" style={{ margin: 0 }}>
            {act.busy ? "Checking …" : "Upload a version"}
            <input
              type="file"
              className="skip"
              disabled={act.busy}
              onChange={(event) => {
                void add(event.target.files?.[0]);
                event.target.value = "";
              }}
            />
          </label>
        )}
      </Top>
      {!alias && <Trouble error={act.error} />}
      <Card title="Versions">
        <Listing<Version>
          of={versions}
          id={(version) => version.id}
          label="Versions"
          empty="Upload a file."
          columns={[
            { head: "Version", cell: (version) => <Link to={`/versions/${version.id}`}>{version.number}</Link> },
            { head: "File", cell: (version) => version.fileName },
            { head: "Format", cell: (version) => version.format },
            { head: "Size", cell: (version) => bytes(version.bytes), number: true },
            { head: "Modules", cell: (version) => version.modules, number: true },
            {
              head: "Aliases",
              cell: (version) => <span className="badges">{version.aliases.map((name) => <Badge key={name} tone={name === "production" ? "good" : "busy"}>{name}</Badge>)}</span>,
            },
            { head: "Uploaded", cell: (version) => `${ago(version.created)} by ${version.createdBy}` },
            {
              head: "",
              cell: (version) =>
                may(me, "DEVELOPER") && (
                  <button type="button" className="plain" onClick={() => setAlias(version)}>
                    Set alias
                  </button>
                ),
            },
          ]}
        />
      </Card>
      <Card title="Lineage">
        <LineageOf url={`/models/${id}/lineage`} here={`model:${id}`} />
      </Card>
      <Dialog open={alias !== undefined} onClose={() => setAlias(undefined)} title={`Alias for version ${alias?.number}`}>
        <form onSubmit={(event) => void move(event)}>
          <Trouble error={act.error} />
          <label>
            Alias <span className="hint">rollouts and programs can ask for it instead of a number</span>
            <input name="alias" list="aliases" required defaultValue="production" />
          </label>
          <datalist id="aliases">
            <option value="production" />
            <option value="canary" />
          </datalist>
          <div className="right">
            <button type="button" onClick={() => setAlias(undefined)}>Cancel</button>
            <button type="submit" className="primary" disabled={act.busy}>Set</button>
          </div>
        </form>
      </Dialog>
    </>
  );
}

function tensors(of: TensorFact[] | undefined): string {
  return (of ?? []).map((tensor) => `${tensor.name}: ${tensor.type} [${tensor.shape.join(", ")}]`).join("; ");
}

export function VersionPage() {
  const { id } = useParams();
  const me = useMe().data;
  const navigate = useNavigate();
  const act = useAct("jobs", "modules", "lineage");
  const [open, setOpen] = useState(false);
  const version = useQuery({ queryKey: ["versions", id], queryFn: () => get<Version>(`/versions/${id}`) });
  const modules = useList<Module>("modules", "/modules", { version: id });
  if (version.error) return <Trouble error={version.error} />;
  if (version.isPending) return <Loading />;
  const shown = version.data;
  const check = shown.check;
  const compile = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const targets = new FormData(event.currentTarget).getAll("targets");
    const done = await act.run(async () => {
      await send("POST", "/compilations", { version: id, targets });
    });
    if (done) navigate("/jobs");
  };
  return (
    <>
      <Top
        title={`${shown.modelName}, version ${shown.number}`}
        subtitle={shown.description || `${shown.fileName}, uploaded ${ago(shown.created)} by ${shown.createdBy}`}
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
            columns={[
              { head: "Target", cell: (fit) => fit.target },
              { head: "Fits", cell: (fit) => (fit.fits ? <Badge tone="good">yes</Badge> : <Badge tone="bad">no</Badge>) },
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
            { head: "Built", cell: (module) => ago(module.created) },
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
        subtitle={<>{shown.compiler} {shown.compilerVersion}, built {ago(shown.created)} <State of={shown.kind} /></>}
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
          {(shown.report?.choice?.explanation ?? ["No explanation was kept."]).map((line) => <p key={line}>{line}</p>)}
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
                    <li key={use.id}><Link to={`/${use.kind}s/${use.id}`}>{use.kind} {use.name || short(use.id)}</Link></li>
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
