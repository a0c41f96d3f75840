import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { Link, useLocation } from "react-router";
import { get, path } from "../api";

interface Hit {
  kind: string;
  id: string;
  name: string;
  detail: string;
}

const PAUSE_MILLISECONDS = 200;

/** Models, versions and modules by name, tag, target or the beginning of a digest. */
export function Search() {
  const id = useId();
  const place = useLocation();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState("");
  useEffect(() => {
    const timer = window.setTimeout(() => setAsked(text.trim()), PAUSE_MILLISECONDS);
    return () => window.clearTimeout(timer);
  }, [text]);
  useEffect(() => setText(""), [place.pathname]);
  const found = useQuery({
    queryKey: ["models", "search", asked],
    queryFn: () => get<Hit[]>(path("/search", { q: asked, limit: 8 })),
    enabled: asked !== "",
  });
  const close = (event: KeyboardEvent) => {
    if (event.key === "Escape") setText("");
  };
  const hits = found.data ?? [];
  const isShown = text.trim() !== "" && asked !== "" && !found.isPending;
  return (
    <div className="search" role="search" aria-label="Models, versions and modules" onKeyDown={close}>
      <input
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="Search"
        aria-label="Search models, versions and modules"
        aria-controls={isShown ? id : undefined}
        autoComplete="off"
        spellCheck={false}
      />
      {isShown && (
        <ul id={id} aria-label="Found">
          {found.error && <li className="muted">{found.error.message}</li>}
          {!found.error && hits.length === 0 && <li className="muted">Nothing is called so.</li>}
          {hits.map((hit) => (
            <li key={hit.id}>
              <Link to={`/${hit.kind}s/${hit.id}`}>
                {hit.name}
                <span className="muted small">
                  {hit.kind}
                  {hit.detail && `, ${hit.detail}`}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
