import { type FormEvent, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { useQuery } from "@tanstack/react-query";
import { get, path, send, upload } from "../api";
import { bytes } from "../format";
import { Badge, Card, Dialog, Loading, Missing, Top, Trouble } from "../parts";
import { Ago } from "../parts/Ago";
import { Listing, useList } from "../parts/lists";
import { useAct } from "../parts/useAct";
import { may, useMe } from "../session";
import { LineageOf } from "./LineageOf";
import type { Version } from "./Versions";

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
  // Made before a file of it was refused: the next file goes into the same.
  const [made, setMade] = useState<Model>();
  const add = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const file = form.get("file") as File;
    const tags = String(form.get("tags")).split(",").map((tag) => tag.trim()).filter(Boolean);
    await act.run(async () => {
      const model = made?.name === form.get("name") ? made : await send<Model>("POST", "/models", { name: form.get("name"), description: form.get("description"), tags });
      setMade(model);
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
            { head: "Changed", cell: (model) => <Ago time={model.changed} /> },
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

export function ModelPage() {
  const { id } = useParams();
  const me = useMe().data;
  const act = useAct("models", "versions", "lineage");
  const [alias, setAlias] = useState<Version>();
  const model = useQuery({ queryKey: ["models", id], queryFn: () => get<Model>(`/models/${id}`) });
  const versions = useList<Version>("versions", `/models/${id}/versions`);
  if (model.error) return <Missing error={model.error} back={{ to: "/models", name: "Models" }} />;
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
            { head: "Uploaded", cell: (version) => <><Ago time={version.created} /> by {version.createdBy}</> },
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

