import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { NavLink, Link, Outlet, ScrollRestoration, useLocation } from "react-router";
import { send } from "./api";
import { useEvents } from "./events";
import { Loading, Trouble } from "./parts";
import { Search } from "./parts/Search";
import { Login } from "./pages/Login";
import { useMe } from "./session";

const PLACES: [string, string][] = [
  ["/", "Overview"],
  ["/models", "Models"],
  ["/devices", "Devices"],
  ["/rollouts", "Rollouts"],
  ["/jobs", "Jobs"],
  ["/settings", "Settings"],
];

/** What every page has around it, and the login in front of all. */
export function Shell() {
  const me = useMe();
  const queries = useQueryClient();
  useEvents(Boolean(me.data));
  const content = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const place = useRef(pathname);
  useEffect(() => {
    // Who followed a link goes on at the new page's beginning, with a keyboard and by ear as well.
    if (place.current !== pathname) content.current?.focus({ preventScroll: true });
    place.current = pathname;
  }, [pathname]);
  if (me.isPending) return <main><Loading /></main>;
  if (me.error) return <main><Trouble error={me.error} /></main>;
  if (!me.data) return <Login />;
  const leave = async () => {
    await send("DELETE", "/sessions/current");
    queries.setQueryData(["me"], null);
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "me" });
  };
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="side">
        <Link to="/" className="brand">
          <img src="/mote.svg" alt="" /> Mote
        </Link>
        <Search />
        <nav aria-label="Main">
          {PLACES.map(([to, name]) => (
            <NavLink key={to} to={to} end={to === "/"}>
              {name}
            </NavLink>
          ))}
        </nav>
        <div className="who">
          <span>
            {me.data.name}
            {me.data.tenantName && <> · {me.data.tenantName}</>}
          </span>{" "}
          <button type="button" className="plain" onClick={() => void leave()}>
            Log out
          </button>
        </div>
      </header>
      <main id="content" ref={content} tabIndex={-1}>
        <ScrollRestoration />
        <Outlet />
      </main>
    </div>
  );
}
