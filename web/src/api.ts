/** A refusal of the service: RFC 9457, with Mote's code. */
export interface ProblemBody {
  status: number;
  title: string;
  detail?: string;
  code?: string;
  fix?: string;
  errors?: { field?: string; message: string; code?: string; fix?: string }[];
}

export class Problem extends Error {
  readonly body: ProblemBody;

  constructor(body: ProblemBody) {
    super(body.detail ?? body.title);
    this.body = body;
  }
}

/** A page of a list; `next` is the cursor of the one after it. */
export interface Page<T> {
  items: T[];
  next?: string | null;
}

/** Values of a query string; those that are undefined or empty are left out. */
export type Query = Record<string, string | number | boolean | undefined | null>;

export function path(base: string, query: Query = {}): string {
  const text = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join("&");
  return text ? `${base}?${text}` : base;
}

function cookie(name: string): string | undefined {
  return document.cookie
    .split("; ")
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

async function refused(response: Response): Promise<Problem> {
  const fallback: ProblemBody = { status: response.status, title: `The service answered ${response.status}` };
  try {
    const body = (await response.json()) as ProblemBody;
    return new Problem({ ...fallback, ...body });
  } catch {
    return new Problem(fallback);
  }
}

async function call(method: string, url: string, body?: BodyInit, type?: string): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const csrf = cookie("mote_csrf");
  if (csrf) headers["X-Mote-CSRF"] = decodeURIComponent(csrf);
  if (type) headers["Content-Type"] = type;
  if (method === "POST") headers["Idempotency-Key"] = crypto.randomUUID();
  let response: Response;
  try {
    response = await fetch(`/v1${url}`, { method, headers, body, credentials: "same-origin" });
  } catch {
    throw new Problem({ status: 0, title: "The service does not answer", fix: "Is it running? This page tries again by itself." });
  }
  if (!response.ok) throw await refused(response);
  return response;
}

async function answer<T>(response: Response): Promise<T> {
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export async function get<T>(url: string): Promise<T> {
  return answer<T>(await call("GET", url));
}

export async function send<T>(method: "POST" | "PUT" | "PATCH" | "DELETE", url: string, body?: unknown): Promise<T> {
  return answer<T>(
    body === undefined
      ? await call(method, url)
      : await call(method, url, JSON.stringify(body), "application/json"),
  );
}

export async function upload<T>(url: string, file: Blob): Promise<T> {
  return answer<T>(await call("POST", url, file, "application/octet-stream"));
}
