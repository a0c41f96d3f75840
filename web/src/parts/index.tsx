import { type ReactNode, useEffect, useId, useRef } from "react";
import { Link } from "react-router";
import { Problem } from "../api";

export type Tone = "good" | "warn" | "bad" | "busy" | "plain";

export function Badge({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

const TONES: Record<string, Tone> = {
  ONLINE: "good", SUCCEEDED: "good", ACTIVE: "good", INSTALLED: "good", DONE: "good", READY: "good", FINISHED: "good", CONFIRMED: "good", BUILT: "good",
  SLEEPING: "busy", RUNNING: "busy", WAITING: "plain", TRIAL: "busy", UPDATING: "busy", BUILDING: "busy", ROLLING_BACK: "warn",
  OFFLINE: "warn", PAUSED: "warn", CANCELLED: "warn", AWAITING_APPROVAL: "warn", SKIPPED: "warn", ROLLED_BACK: "warn", ABORTED: "warn",
  FAILED: "bad", REFUSED: "bad", STOPPED: "bad",
};

/** A state in the service's words, as people read it. */
export function State({ of }: { of: string | null | undefined }) {
  if (!of) return <span className="muted">–</span>;
  return <Badge tone={TONES[of.toUpperCase()] ?? "plain"}>{of.toLowerCase().replaceAll("_", " ")}</Badge>;
}

/** Heading of a page, where one came from, and what can be done. */
export function Top({ title, subtitle, trail, children }: { title: string; subtitle?: ReactNode; trail?: { to: string; name: string }[]; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} – Mote`;
  }, [title]);
  return (
    <div className="top">
      <div>
        {trail && (
          <nav className="trail" aria-label="Where this is">
            {trail.map((step) => (
              <span key={step.to}>
                <Link to={step.to}>{step.name}</Link> /{" "}
              </span>
            ))}
          </nav>
        )}
        <h1>{title}</h1>
        {subtitle && <p className="subtitle">{subtitle}</p>}
      </div>
      {children && <div className="actions">{children}</div>}
    </div>
  );
}

export function Card({ title, children, actions }: { title?: string; children: ReactNode; actions?: ReactNode }) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={title ? id : undefined}>
      {title && (
        <div className="top" style={{ marginBottom: 8 }}>
          <h2 id={id}>{title}</h2>
          {actions && <div className="actions">{actions}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

export function Tile({ label, figure, detail }: { label: string; figure: ReactNode; detail?: ReactNode }) {
  return (
    <div className="tile">
      <span className="label">{label}</span>
      <span className="figure">{figure}</span>
      {detail && <span className="detail">{detail}</span>}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** What went wrong: what, why, and how to fix it. */
export function Trouble({ error }: { error: unknown }) {
  if (!error) return null;
  const body = error instanceof Problem ? error.body : undefined;
  return (
    <div className="problem" role="alert">
      <p>
        {body?.code && <strong>{body.code} </strong>}
        {body ? (body.detail ?? body.title) : String(error)}
      </p>
      {body?.errors && (
        <ul>
          {body.errors.map((each) => (
            <li key={`${each.field}${each.message}`}>
              {each.code && <strong>{each.code} </strong>}
              {each.field && <code>{each.field}: </code>}
              {each.message}
              {each.fix && <span className="muted"> {each.fix}</span>}
            </li>
          ))}
        </ul>
      )}
      {body?.fix && <p className="muted">{body.fix}</p>}
    </div>
  );
}

/** In the place of a page whose subject cannot be shown: what went wrong, and a way on. */
export function Missing({ error, back }: { error: unknown; back: { to: string; name: string } }) {
  return (
    <>
      <Top title={error instanceof Problem && error.body.status === 404 ? "There is no such page" : "This cannot be shown"} trail={[back]} />
      <Trouble error={error} />
      <p>
        <Link className="button" to={back.to}>
          {`To ${back.name.toLowerCase()}`}
        </Link>
      </p>
    </>
  );
}

export function Loading() {
  return (
    <p className="muted" role="status">
      Loading …
    </p>
  );
}

export interface Column<T> {
  head: string;
  cell: (row: T) => ReactNode;
  number?: boolean;
}

/** A table; on a narrow screen every row becomes a small card. */
export function Table<T>({ rows, columns, id, label, tall }: { rows: T[]; columns: Column<T>[]; id: (row: T) => string; label: string; tall?: boolean }) {
  return (
    <div className={tall ? "scroll tall" : "scroll"} {...(tall ? { tabIndex: 0, role: "region", "aria-label": label } : {})}>
      <table className="stack" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" className={column.number ? "number" : undefined}>
                {column.head || <span className="skip">Actions</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={id(row)}>
              {columns.map((column) => (
                <td key={column.head} data-label={column.head} className={column.number ? "number" : undefined}>
                  <span>{column.cell(row)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Facts as name and value; those without a value are left out. */
export function Facts({ of }: { of: [string, ReactNode][] }) {
  return (
    <dl>
      {of
        .filter(([, value]) => value !== undefined && value !== null && value !== "")
        .map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

export interface Share {
  name: string;
  count: number;
  tone: Tone;
  /** The number as it is written; as it is, without. */
  text?: string;
}

/** How a number divides, as one bar with its legend. */
export function Shares({ of, whole, label }: { of: Share[]; whole: number; label: string }) {
  const text = of.map((share) => `${share.name} ${share.text ?? share.count}`).join(", ");
  return (
    <div>
      <div className="stackbar" role="img" aria-label={`${label}: ${text}, of ${whole}`}>
        {of.map((share) => (
          <i key={share.name} className={share.tone} style={{ width: `${whole === 0 ? 0 : (100 * share.count) / whole}%` }} />
        ))}
      </div>
      <div className="legend" aria-hidden="true">
        {of.map((share) => (
          <span key={share.name}>
            <i className={share.tone} />
            {share.name} {share.text ?? share.count}
          </span>
        ))}
      </div>
    </div>
  );
}

/** A dialog of the browser: closes on Escape, keeps the focus inside. */
export function Dialog({ open, onClose, title, children }: { open: boolean; onClose: () => void; title: string; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>{title}</h2>
      {open && children}
    </dialog>
  );
}
