import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { get, type Page, path, send } from "../api";
import { count, counted } from "../format";
import { Badge, Table, Top, Trouble } from "../parts";
import { useAct } from "../parts/useAct";
import type { Rollout } from "./Rollouts";
import type { Version } from "./Versions";

interface Model {
  id: string;
  name: string;
}

interface Dry {
  devices: number;
  there: number;
  unknown: number;
  waves: number[];
  builds: { devices: number; fits: boolean; target?: string; compiler?: string; explanation: string[] }[];
  some: string[];
}

function number(form: FormData, name: string): number | undefined {
  const text = String(form.get(name) ?? "").trim();
  return text === "" ? undefined : Number(text);
}

function request(form: FormData) {
  const waves = String(form.get("waves"))
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => (part.endsWith("%") ? { percent: Number(part.slice(0, -1)) } : { devices: Number(part) }))
    .map((wave) => ({ ...wave, soak: `PT${number(form, "soak") ?? 0}M` }));
  const from = String(form.get("from"));
  const to = String(form.get("to"));
  return {
    name: form.get("name"),
    version: form.get("version"),
    target: { filter: form.get("filter") || undefined, group: form.get("group") || undefined, percent: number(form, "percent") },
    waves,
    atOnce: number(form, "atOnce"),
    errors: { percent: number(form, "errorPercent"), devices: number(form, "errorDevices"), minimumSample: number(form, "sample"), then: form.get("then") },
    windows: from && to ? [{ from, to, zone: Intl.DateTimeFormat().resolvedOptions().timeZone }] : undefined,
    approval: form.get("approval") !== null,
  };
}

export function NewRollout() {
  const navigate = useNavigate();
  const act = useAct("rollouts");
  const [model, setModel] = useState("");
  const [dry, setDry] = useState<Dry>();
  const models = useQuery({ queryKey: ["models", "all"], queryFn: () => get<Page<Model>>(path("/models", { limit: 200 })) });
  const groups = useQuery({ queryKey: ["groups", "all"], queryFn: () => get<Page<Model>>(path("/groups", { limit: 200 })) });
  const versions = useQuery({
    queryKey: ["versions", "of", model],
    queryFn: () => get<Page<Version>>(path(`/models/${model}/versions`, { limit: 100 })),
    enabled: model !== "",
  });
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const body = request(new FormData(event.currentTarget));
    const button = (event.nativeEvent as SubmitEvent).submitter as HTMLButtonElement | null;
    if (button?.value === "dry") {
      setDry(undefined);
      await act.run(async () => setDry(await send<Dry>("POST", "/rollouts/dry-run", body)));
      return;
    }
    await act.run(async () => {
      const made = await send<Rollout>("POST", "/rollouts", body);
      navigate(`/rollouts/${made.id}`);
    });
  };
  return (
    <>
      <Top title="New rollout" subtitle="Nothing happens before it is started." trail={[{ to: "/rollouts", name: "Rollouts" }]} />
      <form className="card" onSubmit={(event) => void submit(event)}>
        <Trouble error={act.error} />
        <label>Name<input name="name" required maxLength={200} /></label>
        <fieldset>
          <legend>What</legend>
          <div className="fields">
            <label>
              Model
              <select name="model" required value={model} onChange={(event) => setModel(event.target.value)}>
                <option value="">choose …</option>
                {(models.data?.items ?? []).map((each) => <option key={each.id} value={each.id}>{each.name}</option>)}
              </select>
            </label>
            <label>
              Version
              <select name="version" required>
                {(versions.data?.items ?? []).map((each) => (
                  <option key={each.id} value={each.id}>{each.number}{each.aliases.length > 0 && ` (${each.aliases.join(", ")})`}</option>
                ))}
              </select>
            </label>
          </div>
        </fieldset>
        <fieldset>
          <legend>Where</legend>
          <div className="fields">
            <label>Filter <span className="hint">name=='*' is every device</span><input name="filter" defaultValue="name=='*'" spellCheck={false} /></label>
            <label>
              Group <span className="hint">instead, or as well</span>
              <select name="group">
                <option value="">any</option>
                {(groups.data?.items ?? []).map((each) => <option key={each.id} value={each.name}>{each.name}</option>)}
              </select>
            </label>
            <label>Share of them <span className="hint">per cent; all if empty</span><input name="percent" type="number" min={0} max={100} step="any" /></label>
          </div>
        </fieldset>
        <fieldset>
          <legend>How</legend>
          <div className="fields">
            <label>Waves <span className="hint">devices or per cent; the last takes the rest</span><input name="waves" defaultValue="5%, 25%, 100%" /></label>
            <label>Watch each wave <span className="hint">minutes before the next</span><input name="soak" type="number" min={0} defaultValue={10} /></label>
            <label>At once <span className="hint">most updates that run</span><input name="atOnce" type="number" min={1} defaultValue={100} /></label>
            <label>Not before <span className="hint">of every day, your clock</span><input name="from" type="time" /></label>
            <label>Not after <span className="hint">of every day</span><input name="to" type="time" /></label>
          </div>
        </fieldset>
        <fieldset>
          <legend>When it goes wrong</legend>
          <div className="fields">
            <label>Per cent that may fail<input name="errorPercent" type="number" min={0} max={100} step="any" defaultValue={10} /></label>
            <label>of at least <span className="hint">devices that answered</span><input name="sample" type="number" min={1} defaultValue={5} /></label>
            <label>Devices that may fail<input name="errorDevices" type="number" min={0} /></label>
            <label>
              Then
              <select name="then" defaultValue="ROLL_BACK">
                <option value="ROLL_BACK">roll back</option>
                <option value="PAUSE">pause, a person decides</option>
                <option value="STOP">stop, and leave what is installed</option>
              </select>
            </label>
          </div>
          <label><input type="checkbox" name="approval" />A second person must approve it</label>
        </fieldset>
        {dry && (
          <div className="note" role="status">
            <p>
              {counted(dry.devices, "device")} {dry.devices === 1 ? "matches" : "match"}, {count(dry.there)} can be spoken to{dry.unknown > 0 && `, ${count(dry.unknown)} have not said what they are yet`}. Waves of {dry.waves.join(", ")}.
            </p>
            <Table
              rows={dry.builds}
              id={(build) => `${build.target} ${build.explanation.join()}`}
              label="Builds"
              columns={[
                { head: "Devices", cell: (build) => build.devices, number: true },
                { head: "Fits", cell: (build) => (build.fits ? <Badge tone="good">yes</Badge> : <Badge tone="bad">no</Badge>) },
                { head: "Target", cell: (build) => [build.target, build.compiler].filter(Boolean).join(", by ") },
                { head: "Why", cell: (build) => build.explanation.join(" ") },
              ]}
            />
          </div>
        )}
        <div className="right">
          <button type="submit" value="dry" disabled={act.busy}>Dry run</button>
          <button type="submit" className="primary" value="make" disabled={act.busy}>Make it</button>
        </div>
      </form>
    </>
  );
}
