import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { get, type Page, path, send } from "../api";
import { bytes } from "../format";
import { Dialog, Trouble } from "../parts";
import { useAct } from "../parts/useAct";

interface Module {
  id: string;
  modelName: string;
  number: number;
  target: string;
  kind: string;
  bytes: number;
  sequence: number;
}

interface Firmware {
  id: string;
  name: string;
  version: string;
  bytes: number;
}

/** Brings one module, or a firmware, onto one device, without a rollout. */
export function Install({ device, target }: { device: string; target?: string }) {
  const [open, setOpen] = useState(false);
  const act = useAct("updates", "devices");
  const modules = useQuery({ queryKey: ["modules", "all"], queryFn: () => get<Page<Module>>(path("/modules", { limit: 200 })), enabled: open });
  const firmware = useQuery({ queryKey: ["firmware"], queryFn: () => get<Page<Firmware>>("/firmware"), enabled: open });
  const begin = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [kind, id] = String(form.get("what")).split(" ");
    const done = await act.run(() => send("POST", "/updates", { device, [kind ?? "module"]: id, delivery: form.get("delivery") || undefined }));
    if (done) setOpen(false);
  };
  const close = () => {
    act.clear();
    setOpen(false);
  };
  // Those that were built for what the device is come first.
  const sorted = [...(modules.data?.items ?? [])].sort((a, b) => Number(b.target === target) - Number(a.target === target) || b.sequence - a.sequence);
  const binaries = firmware.data?.items ?? [];
  return (
    <>
      <button type="button" className="primary" onClick={() => setOpen(true)}>Install a module …</button>
      <Dialog open={open} onClose={close} title="Install">
        {modules.data && sorted.length === 0 && binaries.length === 0 ? (
          <>
            <p>No module is built yet. <Link to="/models">Compile a version of a model</Link>, or let a rollout do it.</p>
            <div className="right"><button type="button" onClick={close}>Close</button></div>
          </>
        ) : (
          <form onSubmit={(event) => void begin(event)}>
            <Trouble error={act.error ?? modules.error} />
            <label>
              What
              <select name="what" required autoFocus>
                {sorted.map((each) => (
                  <option key={each.id} value={`module ${each.id}`}>
                    {each.modelName} {each.number} for {each.target}, sequence {each.sequence}, {bytes(each.bytes)}
                  </option>
                ))}
                {binaries.map((each) => (
                  <option key={each.id} value={`firmware ${each.id}`}>
                    firmware {each.name} {each.version}, {bytes(each.bytes)}
                  </option>
                ))}
              </select>
            </label>
            <label>
              How
              <select name="delivery" defaultValue="">
                <option value="">as the device prefers</option>
                <option value="PUSH">sent to it</option>
                <option value="PULL">fetched by it</option>
              </select>
            </label>
            <div className="right">
              <button type="button" onClick={close}>Cancel</button>
              <button type="submit" className="primary" disabled={act.busy}>Install</button>
            </div>
          </form>
        )}
      </Dialog>
    </>
  );
}
