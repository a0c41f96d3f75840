import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { send } from "../api";
import { moment, short } from "../format";
import { Badge, Card, Dialog, State, Top, Trouble } from "../parts";
import { Ago } from "../parts/Ago";
import { Listing, useList } from "../parts/lists";
import { useAct } from "../parts/useAct";
import { may, type Role, useMe } from "../session";

interface User {
  id: string;
  name: string;
  roles: Role[];
  disabled: boolean;
  lastLogin?: string;
}

interface Token {
  id: string;
  name: string;
  roles: Role[];
  created: string;
  expires: string;
  lastUse?: string;
}

interface Entry {
  id: string;
  time: string;
  userName?: string;
  action: string;
  object: string;
}

const ROLES: [Role, string][] = [
  ["VIEWER", "sees everything"],
  ["DEVELOPER", "uploads and compiles models"],
  ["OPERATOR", "runs devices and rollouts"],
  ["APPROVER", "approves rollouts of others"],
  ["ADMIN", "does all of it, and users"],
];

function Roles({ of }: { of: Role[] }) {
  return (
    <span className="badges">
      {of.map((role) => (
        <Badge key={role}>{role.toLowerCase()}</Badge>
      ))}
    </span>
  );
}

function RoleFields({ own }: { own: (role: Role) => boolean }) {
  return (
    <fieldset>
      <legend>Roles</legend>
      {ROLES.filter(([role]) => own(role)).map(([role, means]) => (
        <label key={role}>
          <input type="checkbox" name="roles" value={role} defaultChecked={role === "VIEWER"} />
          {role.toLowerCase()} <span className="muted small">{means}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Tokens() {
  const me = useMe().data;
  const [open, setOpen] = useState(false);
  const [secret, setSecret] = useState<string>();
  const act = useAct("tokens", "audit");
  const add = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    await act.run(async () => {
      const issued = await send<{ secret: string }>("POST", "/tokens", {
        name: form.get("name"),
        roles: form.getAll("roles"),
        days: Number(form.get("days")),
      });
      setSecret(issued.secret);
      setOpen(false);
    });
  };
  return (
    <Card title="My tokens" actions={<button type="button" onClick={() => setOpen(true)}>New token</button>}>
      <p className="muted">For programs and for <code>mote login</code>. A token may do at most what you may.</p>
      {secret && (
        <div className="note" role="status">
          <p>The new token, shown this once:</p>
          <p className="mono">{secret}</p>
        </div>
      )}
      <Listing<Token>
        of={useList<Token>("tokens", "/tokens")}
        id={(token) => token.id}
        label="Tokens"
        empty="Make one for a script or a CI job."
        columns={[
          { head: "Name", cell: (token) => token.name },
          { head: "Roles", cell: (token) => <Roles of={token.roles} /> },
          { head: "Last use", cell: (token) => <Ago time={token.lastUse} /> },
          { head: "Expires", cell: (token) => moment(token.expires) },
          {
            head: "",
            cell: (token) => (
              <button type="button" className="plain" onClick={() => void act.run(() => send("DELETE", `/tokens/${token.id}`))}>
                Revoke<span className="skip"> {token.name}</span>
              </button>
            ),
          },
        ]}
      />
      <Dialog open={open} onClose={() => setOpen(false)} title="New token">
        <form onSubmit={(event) => void add(event)}>
          <Trouble error={act.error} />
          <label>
            Name
            <input name="name" required maxLength={100} />
          </label>
          <label>
            Days until it expires
            <input name="days" type="number" min={1} max={3660} defaultValue={90} required />
          </label>
          <RoleFields own={(role) => may(me, role)} />
          <div className="right">
            <button type="button" onClick={() => setOpen(false)}>Cancel</button>
            <button type="submit" className="primary" disabled={act.busy}>Make it</button>
          </div>
        </form>
      </Dialog>
    </Card>
  );
}

function Users() {
  const me = useMe().data;
  const [open, setOpen] = useState(false);
  const act = useAct("users", "audit");
  const add = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const done = await act.run(() =>
      send("POST", "/users", { name: form.get("name"), password: form.get("password"), roles: form.getAll("roles") }),
    );
    if (done) setOpen(false);
  };
  return (
    <Card title="Users" actions={<button type="button" onClick={() => setOpen(true)}>New user</button>}>
      {!open && <Trouble error={act.error} />}
      <Listing<User>
        of={useList<User>("users", "/users")}
        id={(user) => user.id}
        label="Users"
        empty=""
        columns={[
          { head: "Name", cell: (user) => user.name },
          { head: "Roles", cell: (user) => <Roles of={user.roles} /> },
          { head: "Last login", cell: (user) => <Ago time={user.lastLogin} /> },
          { head: "State", cell: (user) => <State of={user.disabled ? "OFFLINE" : "ACTIVE"} /> },
          {
            head: "",
            // Nobody locks the door from outside.
            cell: (user) => user.name !== me?.name && (
              <button
                type="button"
                className="plain"
                onClick={() => void act.run(() => send("PATCH", `/users/${user.id}`, { disabled: !user.disabled }))}
              >
                {user.disabled ? "Enable" : "Disable"}<span className="skip"> {user.name}</span>
              </button>
            ),
          },
        ]}
      />
      <Dialog open={open} onClose={() => setOpen(false)} title="New user">
        <form onSubmit={(event) => void add(event)}>
          <Trouble error={act.error} />
          <label>
            Name
            <input name="name" required autoComplete="off" />
          </label>
          <label>
            Password
            <input name="password" type="password" required autoComplete="new-password" />
          </label>
          <RoleFields own={() => true} />
          <div className="right">
            <button type="button" onClick={() => setOpen(false)}>Cancel</button>
            <button type="submit" className="primary" disabled={act.busy}>Add</button>
          </div>
        </form>
      </Dialog>
    </Card>
  );
}

const SHOWN = ["model", "version", "module", "device", "rollout", "job", "compilation"];

/** What was acted on, with a link where there is a page for it. */
function Subject({ of }: { of: string }) {
  const [kind = "", id = ""] = of.split("/", 2);
  return SHOWN.includes(kind) ? <Link to={`/${kind}s/${id}`}>{kind} <span className="mono">{short(id)}</span></Link> : <>{kind} <span className="mono">{id}</span></>;
}

function AuditLog() {
  return (
    <Card title="Audit log">
      <Listing<Entry>
        of={useList<Entry>("audit", "/audit")}
        id={(entry) => entry.id}
        label="Entries"
        empty=""
        columns={[
          { head: "When", cell: (entry) => moment(entry.time) },
          { head: "Who", cell: (entry) => entry.userName ?? "the service" },
          { head: "What", cell: (entry) => entry.action },
          { head: "Of", cell: (entry) => <Subject of={entry.object} /> },
        ]}
      />
    </Card>
  );
}

export function Settings() {
  const me = useMe().data;
  return (
    <>
      <Top title="Settings" subtitle={`You are ${me?.name}, in tenant ${me?.tenantName ?? "default"}.`} />
      <Tokens />
      {may(me, "ADMIN") && <Users />}
      {may(me, "ADMIN") && <AuditLog />}
    </>
  );
}
