import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { get, path, send } from "../api";
import { bytes, count, counted, moment, percent, sentence, short } from "../format";
import { Badge, Card, Empty, Facts, Loading, Missing, State, Table, type Tone, Top, Trouble } from "../parts";
import { Ago } from "../parts/Ago";
import { Listing, useList } from "../parts/lists";
import { useAct } from "../parts/useAct";
import { may, useMe } from "../session";
import { Groups } from "./Groups";
import { Install } from "./Install";
import { NewDevice } from "./NewDevice";
import { Telemetry } from "./Telemetry";

export interface Device {
  id: string;
  endpoint: string;
  name: string;
  tags: Record<string, string>;
  groups: string[];
  state: string;
  created: string;
  lastContact?: string;
  lastRegistered?: string;
  manufacturer?: string;
  model?: string;
  firmwareVersion?: string;
  target?: string;
  factsDigest?: string;
  moduleName?: string;
  moduleVersion?: string;
  module?: string;
  modelVersion?: number;
}

interface Capabilities {
  architecture?: string;
  core?: string;
  extensions: string[];
  clockHz?: number;
  ramBytes?: number;
  ramFreeBytes?: number;
  flashBytes?: number;
  flashFreeBytes?: number;
  runtimeAbi?: number;
  runtimeVersion?: string;
  payloadKinds: string[];
  accelerators: string[];
  operatingSystem?: string;
  features: string[];
  slots?: number;
  updateObjects: string[];
  deliveries: string[];
}

interface Detail {
  device: Device;
  capabilities?: Capabilities;
  said: { links?: string; doubts: string[]; readAt?: string; registrations: number; address?: string; registeredUntil?: string };
}

interface Instance {
  instance: number;
  model: string;
  version: string;
  integrity?: string;
  enabled: boolean;
  condition: string;
  lastError: number;
  module?: string;
  modelVersion?: number;
}

interface Explained {
  state: string;
  words: string[];
  update?: { id: string; title: string; phase: string; bytesMoved: number; bytesTotal: number; attempt: number; attempts: number; lastCode?: string; history: { at: string; what: string }[] };
}

interface Update {
  id: string;
  title: string;
  requestedBy: string;
  phase: string;
  delivery: string;
  attempt: number;
  bytesMoved: number;
  bytesTotal: number;
  started: string;
  ended?: string;
  outcome?: string;
  words?: string;
}

export function Tags({ of }: { of: Record<string, string> }) {
  return (
    <span className="badges">
      {Object.entries(of).map(([name, value]) => (
        <Badge key={name}>{value === "" ? name : `${name}: ${value}`}</Badge>
      ))}
    </span>
  );
}

/** What runs: the version of the model, where the service knows the module; else what the device calls it. */
function Runs({ on }: { on: Device }) {
  if (!on.moduleName) return <span className="muted">none</span>;
  if (!on.module) return <>{on.moduleName} {on.moduleVersion}</>;
  return <Link to={`/modules/${on.module}`}>{on.moduleName}, version {on.modelVersion}</Link>;
}

const QUICK: [string, string][] = [
  ["", "all"],
  ["state==ONLINE", "online"],
  ["state==SLEEPING", "sleeping"],
  ["state==OFFLINE", "offline"],
  ["state==NEVER_SEEN", "never seen"],
  ["module=isnull=true", "without a module"],
];

export function Devices() {
  const me = useMe().data;
  const [search, setSearch] = useSearchParams();
  const filter = search.get("filter") ?? "";
  const [open, setOpen] = useState(false);
  const devices = useList<Device>("devices", "/devices", { filter });
  const total = useQuery({ queryKey: ["devices", "count", filter], queryFn: () => get<{ count: number }>(path("/device-count", { filter })) });
  return (
    <>
      <Top title="Devices" subtitle={total.data ? `${count(total.data.count)} ${filter ? "match" : "in all"}` : undefined}>
        {may(me, "OPERATOR") && <button type="button" className="primary" onClick={() => setOpen(true)}>New device</button>}
      </Top>
      <Card>
        <form
          className="find"
          role="search"
          aria-label="Devices"
          onSubmit={(event) => {
            event.preventDefault();
            const text = String(new FormData(event.currentTarget).get("filter"));
            setSearch(text ? { filter: text } : {});
          }}
        >
          <input name="filter" key={filter} defaultValue={filter} aria-label="Filter" placeholder="state==ONLINE and tag.site==berlin" spellCheck={false} />
          <button type="submit">Filter</button>
        </form>
        <div className="chips" role="group" aria-label="Filters that are needed often">
          {QUICK.map(([text, name]) => (
            <button key={name} type="button" className="chip" aria-pressed={filter === text} onClick={() => setSearch(text ? { filter: text } : {})}>
              {name}
            </button>
          ))}
        </div>
        <Listing<Device>
          of={devices}
          id={(device) => device.id}
          label="Devices"
          empty={filter ? "None matches the filter." : "Enter one: it gets a key, and shows up when it registers."}
          columns={[
            { head: "Device", cell: (device) => <Link to={`/devices/${device.id}`}>{device.name}</Link> },
            { head: "State", cell: (device) => <State of={device.state} /> },
            { head: "Target", cell: (device) => device.target ?? <span className="muted">not known yet</span> },
            { head: "Runs", cell: (device) => <Runs on={device} /> },
            { head: "Tags", cell: (device) => <Tags of={device.tags} /> },
            { head: "Last heard", cell: (device) => <Ago time={device.lastContact} /> },
          ]}
        />
      </Card>
      <Groups />
      <NewDevice open={open} onClose={() => setOpen(false)} />
    </>
  );
}

const OBJECTS: Record<string, string> = {
  0: "security", 1: "server", 2: "access control", 3: "device", 4: "connectivity", 5: "firmware update", 6: "location", 7: "connection statistics",
  9: "software management", 19: "data container", 3301: "illuminance", 3303: "temperature", 3304: "humidity", 3313: "acceleration", 33457: "inference", 33458: "module",
};

/** The objects of a registration, by name; what else stands in it on hovering. */
function Objects({ of }: { of: string }) {
  const found = [...of.matchAll(/<\/(\d+)\/?(\d*)>/g)];
  return (
    <span className="badges" title={of}>
      {found.map(([link, object = "", instance]) => (
        <Badge key={link}>{`${OBJECTS[object] ?? "object"} /${object}${instance ? `/${instance}` : ""}`}</Badge>
      ))}
    </span>
  );
}

function list(of: string[] | undefined): string | undefined {
  return of && of.length > 0 ? of.map((each) => each.toLowerCase().replaceAll("_", " ")).join(", ") : undefined;
}

/** The whole explanation in one line; the sentences of the service below it say how it comes. */
function judged({ state, update }: Explained): [Tone, string] {
  if (state === "NEVER_SEEN") return ["warn", "It has never registered."];
  if (update?.phase === "FAILED") return ["bad", "Its last update failed."];
  if (update && !["SUCCEEDED", "CANCELLED"].includes(update.phase)) {
    return state === "OFFLINE" ? ["warn", "An update waits until it registers again."] : ["busy", "An update is under way."];
  }
  if (state === "OFFLINE") return ["warn", "It is away: its registration ended."];
  return ["good", state === "SLEEPING" ? "Nothing is stuck: it sleeps, and answers when it wakes." : "Nothing is stuck: it is there, and listens."];
}

function Why({ id }: { id: string }) {
  const why = useQuery({ queryKey: ["updates", id, "why"], queryFn: () => get<Explained>(`/devices/${id}/explanation`), refetchInterval: 10_000 });
  if (why.error) return <Trouble error={why.error} />;
  if (why.isPending) return <Loading />;
  const update = why.data.update;
  const [tone, verdict] = judged(why.data);
  return (
    <>
      <p className={`verdict ${tone}`}>{verdict}</p>
      <ul className="plain">
        {why.data.words.filter(Boolean).map((words) => <li key={words}>{sentence(words)}</li>)}
      </ul>
      {update && update.bytesTotal > 0 && (
        <>
          <div className="stackbar" role="progressbar" aria-label="Bytes of the package on the device" aria-valuemin={0} aria-valuemax={update.bytesTotal} aria-valuenow={update.bytesMoved}>
            <i className={update.phase === "FAILED" ? "bad" : update.phase === "SUCCEEDED" ? "good" : "busy"} style={{ width: `${(100 * update.bytesMoved) / update.bytesTotal}%` }} />
          </div>
          <p className="muted small" style={{ marginTop: 6 }}>
            {update.title}: {bytes(update.bytesMoved)} of {bytes(update.bytesTotal)} ({percent(update.bytesMoved, update.bytesTotal)}), attempt {update.attempt} of {update.attempts}
            {update.lastCode && `, last answer ${update.lastCode}`}
          </p>
        </>
      )}
      {update && update.history.length > 0 && (
        <details>
          <summary>What its last update did</summary>
          <ol className="steps" style={{ marginTop: 10 }}>
            {update.history.map((entry, index) => (
              <li key={`${entry.at}${index}`}>
                <time dateTime={entry.at}>{moment(entry.at)}</time>
                {sentence(entry.what)}
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

export function DevicePage() {
  const { id = "" } = useParams();
  const me = useMe().data;
  const act = useAct("devices", "updates");
  const detail = useQuery({ queryKey: ["devices", id], queryFn: () => get<Detail>(`/devices/${id}`) });
  const installed = useQuery({ queryKey: ["devices", id, "installed"], queryFn: () => get<{ instances: Instance[] }>(`/devices/${id}/installed`) });
  const updates = useList<Update>("updates", `/devices/${id}/updates`);
  const history = useList<{ id: string; at: string; kind: string; what: string }>("devices", `/devices/${id}/history`);
  if (detail.error) return <Missing error={detail.error} back={{ to: "/devices", name: "Devices" }} />;
  if (detail.isPending) return <Loading />;
  const { device, capabilities: able, said } = detail.data;
  const modules = installed.data?.instances ?? [];
  return (
    <>
      <Top
        title={device.name}
        subtitle={<><State of={device.state} /> <span className="mono">{device.endpoint}</span></>}
        trail={[{ to: "/devices", name: "Devices" }]}
      >
        {may(me, "OPERATOR") && (
          <>
            <Install device={id} target={device.target} />
            <button type="button" disabled={act.busy} onClick={() => void act.run(() => send("POST", `/devices/${id}/refresh`))}>
              Ask it again
            </button>
          </>
        )}
      </Top>
      <Trouble error={act.error} />
      {said.doubts.map((doubt) => <div className="note warn" key={doubt}><p>{doubt}</p></div>)}
      <div className="columns">
        <Card title="Where it is, and why"><Why id={id} /></Card>
        <Card title="Modules on it">
          {modules.length === 0 ? (
            <Empty title="No module">Install one above, or <Link to="/rollouts/new">make a rollout</Link> for many devices.</Empty>
          ) : (
            <Table<Instance>
              rows={modules}
              id={(each) => String(each.instance)}
              label="Installed modules"
              columns={[
                { head: "Slot", cell: (each) => each.instance },
                { head: "Module", cell: (each) => (each.module ? <Link to={`/modules/${each.module}`}>{each.model || "module"}, version {each.modelVersion}</Link> : each.model) },
                { head: "Sequence", cell: (each) => each.version },
                { head: "State", cell: (each) => <State of={each.condition} /> },
                ...(modules.some((each) => each.integrity) ? [{ head: "Digest", cell: (each: Instance) => <span className="mono" title={each.integrity}>{short(each.integrity)}</span> }] : []),
                { head: "Last error", cell: (each) => (each.lastError === 0 ? "none" : each.lastError) },
              ]}
            />
          )}
        </Card>
      </div>
      <Telemetry device={id} />
      <div className="columns">
        <Card title="What it can do">
          {able ? (
            <Facts
              of={[
                ["Made by", [device.manufacturer, device.model].filter(Boolean).join(" ")],
                ["Firmware", device.firmwareVersion],
                ["Target", device.target],
                ["Core", [able.core, able.architecture].filter(Boolean).join(", ")],
                ["Instructions", list(able.extensions)],
                ["Clock", able.clockHz && `${able.clockHz / 1e6} MHz`],
                ["RAM", able.ramBytes && `${bytes(able.ramFreeBytes)} free of ${bytes(able.ramBytes)}`],
                ["Flash", able.flashBytes && `${bytes(able.flashFreeBytes)} free of ${bytes(able.flashBytes)}`],
                ["Runtime", able.runtimeVersion && `${able.runtimeVersion}, interface ${able.runtimeAbi}`],
                ["Takes", list(able.payloadKinds)],
                ["Runtime can", list(able.features)],
                ["Accelerators", list(able.accelerators)],
                ["System", able.operatingSystem],
                ["Slots", able.slots],
                ["Updates by", [list(able.updateObjects), list(able.deliveries)].filter(Boolean).join("; ")],
              ]}
            />
          ) : (
            <Empty title="Not known yet">It is asked when it registers.</Empty>
          )}
        </Card>
        <Card title="Registration">
          <Facts
            of={[
              ["Address", said.address && <span className="mono">{said.address}</span>],
              ["Last heard", <><Ago time={device.lastContact} />{device.lastContact && <span className="muted small"> {moment(device.lastContact)}</span>}</>],
              ["Registered until", said.registeredUntil && moment(said.registeredUntil)],
              ["Registered", counted(said.registrations, "time")],
              ["Entered", moment(device.created)],
              ["Tags", Object.keys(device.tags).length > 0 && <Tags of={device.tags} />],
              ["Groups", device.groups.join(", ")],
              ["Objects", said.links && <Objects of={said.links} />],
            ]}
          />
        </Card>
      </div>
      <Card title="Updates">
        <Listing<Update>
          of={updates}
          id={(update) => update.id}
          label="Updates"
          empty="Each module or firmware that is brought to the device is listed here, with how it went."
          columns={[
            { head: "What", cell: (update) => update.title },
            { head: "State", cell: (update) => <State of={update.outcome ?? update.phase} /> },
            { head: "Bytes", cell: (update) => `${bytes(update.bytesMoved)} of ${bytes(update.bytesTotal)}` },
            { head: "By", cell: (update) => update.requestedBy.startsWith("rollout:") ? <Link to={`/rollouts/${update.requestedBy.slice(8)}`}>a rollout</Link> : update.requestedBy.replace("user:", "") },
            { head: "Begun", cell: (update) => <Ago time={update.started} /> },
            { head: "How it went", cell: (update) => sentence(update.words ?? "") },
          ]}
        />
      </Card>
      <Card title="History">
        <Listing
          of={history}
          id={(line) => line.id}
          label="Entries"
          empty=""
          columns={[
            { head: "When", cell: (line) => moment(line.at) },
            { head: "What", cell: (line) => sentence(line.what) },
          ]}
        />
      </Card>
    </>
  );
}
