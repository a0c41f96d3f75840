import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { send } from "../api";
import { Trouble } from "../parts";

export function Login() {
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const enter = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(undefined);
    try {
      await send("POST", "/sessions", { tenant: form.get("tenant") || undefined, user: form.get("user"), password: form.get("password"), cookie: true });
      await queries.invalidateQueries({ queryKey: ["me"] });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="login">
      <h1 className="brand">
        <img src="/mote.svg" alt="" /> Mote
      </h1>
      <form className="card" onSubmit={(event) => void enter(event)}>
        <Trouble error={error} />
        <label>
          User
          <input name="user" autoComplete="username" required autoFocus />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <label>
          Tenant
          <span className="hint">empty for the default one</span>
          <input name="tenant" autoComplete="organization" />
        </label>
        <button type="submit" className="primary" disabled={busy}>
          {busy ? "One moment …" : "Log in"}
        </button>
      </form>
    </main>
  );
}
