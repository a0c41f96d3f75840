import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { send } from "../api";
import { Card, Dialog, Trouble } from "../parts";
import { Ago } from "../parts/Ago";
import { Listing, useList } from "../parts/lists";
import { useAct } from "../parts/useAct";
import { may, useMe } from "../session";

interface Group {
  id: string;
  name: string;
  filter?: string;
  created: string;
}

/** Devices that are spoken of together, kept by a filter or put in by people. */
export function Groups() {
  const me = useMe().data;
  const act = useAct("groups", "devices");
  const [open, setOpen] = useState(false);
  const groups = useList<Group>("groups", "/groups");
  const add = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const done = await act.run(() => send("POST", "/groups", { name: form.get("name"), filter: form.get("filter") || undefined }));
    if (done) setOpen(false);
  };
  const remove = (group: Group) => {
    if (window.confirm(`Delete the group ${group.name}? Its devices stay.`)) void act.run(() => send("DELETE", `/groups/${group.id}`));
  };
  const close = () => {
    act.clear();
    setOpen(false);
  };
  return (
    <Card
      title="Groups"
      actions={may(me, "OPERATOR") && <button type="button" onClick={() => setOpen(true)}>New group</button>}
    >
      {!open && <Trouble error={act.error} />}
      <Listing<Group>
        of={groups}
        id={(group) => group.id}
        label="Groups"
        empty="A group with a filter keeps itself: devices come in and go out as they change."
        columns={[
          { head: "Group", cell: (group) => <Link to={`/devices?filter=${encodeURIComponent(`group=='${group.name}'`)}`}>{group.name}</Link> },
          { head: "Kept by", cell: (group) => (group.filter ? <span className="mono">{group.filter}</span> : "people") },
          { head: "Made", cell: (group) => <Ago time={group.created} /> },
          {
            head: "",
            cell: (group) =>
              may(me, "OPERATOR") && (
                <button type="button" className="plain" disabled={act.busy} onClick={() => remove(group)}>
                  Delete<span className="skip"> {group.name}</span>
                </button>
              ),
          },
        ]}
      />
      <Dialog open={open} onClose={close} title="New group">
        <form onSubmit={(event) => void add(event)}>
          <Trouble error={act.error} />
          <label>Name<input name="name" required autoFocus maxLength={100} spellCheck={false} /></label>
          <label>
            Filter <span className="hint">who belongs to it; empty to put devices in by hand</span>
            <input name="filter" placeholder="tag.site==berlin" spellCheck={false} />
          </label>
          <div className="right">
            <button type="button" onClick={close}>Cancel</button>
            <button type="submit" className="primary" disabled={act.busy}>Make it</button>
          </div>
        </form>
      </Dialog>
    </Card>
  );
}
