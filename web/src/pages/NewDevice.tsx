import { type FormEvent, useState } from "react";
import { send } from "../api";
import { Dialog, Facts, Trouble } from "../parts";
import { useAct } from "../parts/useAct";

export function NewDevice({ open, onClose }: { open: boolean; onClose: () => void }) {
  const act = useAct("devices");
  const [made, setMade] = useState<{ endpoint: string; id: string; credential?: { identity?: string; key?: string } }>();
  const add = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const tags = Object.fromEntries(
      String(form.get("tags")).split(",").map((each) => each.split("=").map((part) => part.trim())).filter(([name]) => name).map(([name, value]) => [name, value ?? ""]),
    );
    await act.run(async () => {
      setMade(
        await send("POST", "/devices", {
          endpoint: form.get("endpoint"),
          name: form.get("name") || undefined,
          tags,
          credential: form.get("kind") === "bootstrap" ? { kind: "psk", bootstrap: true } : { kind: form.get("kind") },
        }),
      );
    });
  };
  const close = () => {
    setMade(undefined);
    act.clear();
    onClose();
  };
  return (
    <Dialog open={open} onClose={close} title={made ? "Entered" : "New device"}>
      {made ? (
        <>
          <p>The device may register as <span className="mono">{made.endpoint}</span>.</p>
          {made.credential?.key && (
            <div className="note">
              <p>Its key is shown this once. Put both into the device:</p>
              <Facts of={[["Identity", <span className="mono">{made.credential.identity}</span>], ["Key", <span className="mono">{made.credential.key}</span>]]} />
            </div>
          )}
          <div className="right"><button type="button" className="primary" onClick={close}>Done</button></div>
        </>
      ) : (
        <form onSubmit={(event) => void add(event)}>
          <Trouble error={act.error} />
          <label>
            Endpoint name <span className="hint">what it registers as, such as urn:imei:490154203237518</span>
            <input name="endpoint" required autoFocus spellCheck={false} />
          </label>
          <label>Name <span className="hint">for people</span><input name="name" /></label>
          <label>Tags <span className="hint">site=berlin, line=4</span><input name="tags" spellCheck={false} /></label>
          <label>
            What it must prove
            <select name="kind" defaultValue="psk">
              <option value="psk">a pre-shared key, made now</option>
              <option value="bootstrap">a key for the bootstrap server, which gives it one of its own</option>
              <option value="none">nothing: plain CoAP, for a closed network</option>
            </select>
          </label>
          <div className="right">
            <button type="button" onClick={close}>Cancel</button>
            <button type="submit" className="primary" disabled={act.busy}>Enter it</button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
