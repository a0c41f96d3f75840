import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, RouterProvider, useRouteError } from "react-router";
import { Problem } from "./api";
import { BuildPage, CompilationPage } from "./pages/Compilations";
import { DevicePage, Devices } from "./pages/Devices";
import { JobPage, Jobs } from "./pages/Jobs";
import { ModelPage, Models } from "./pages/Models";
import { ModulePage } from "./pages/Modules";
import { NewRollout } from "./pages/NewRollout";
import { Overview } from "./pages/Overview";
import { RolloutPage, Rollouts } from "./pages/Rollouts";
import { Settings } from "./pages/Settings";
import { VersionPage } from "./pages/Versions";
import { Missing } from "./parts";
import { Shell } from "./Shell";
import "./style.css";

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // A session that ended, here or at the service, ends in front of the login.
    onError: (error) => {
      if (error instanceof Problem && error.body.status === 401) queries.setQueryData(["me"], null);
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A refusal stays a refusal; only a service that does not answer is asked again.
      retry: (failures, error) => error instanceof Problem && error.body.status === 0 && failures < 5,
    },
  },
});

const HOME = { to: "/", name: "Overview" };

/** An address that the pages do not have. */
function Nowhere() {
  return <Missing error={new Problem({ status: 404, title: `The pages have no ${window.location.pathname}`, fix: "Follow a link of the navigation, or search." })} back={HOME} />;
}

/** A defect of a page: the others still work. */
function Broken() {
  return <Missing error={new Problem({ status: 500, title: `This page failed: ${String(useRouteError())}`, fix: "Load it again. If it stays so, it is a defect of Mote." })} back={HOME} />;
}

const router = createBrowserRouter([
  {
    path: "/",
    element: <Shell />,
    errorElement: <Broken />,
    children: [
      {
        errorElement: <Broken />,
        children: [
          { index: true, element: <Overview /> },
          { path: "models", element: <Models /> },
          { path: "models/:id", element: <ModelPage /> },
          { path: "versions/:id", element: <VersionPage /> },
          { path: "modules/:id", element: <ModulePage /> },
          { path: "compilations/:id", element: <CompilationPage /> },
          { path: "builds/:id", element: <BuildPage /> },
          { path: "devices", element: <Devices /> },
          { path: "devices/:id", element: <DevicePage /> },
          { path: "rollouts", element: <Rollouts /> },
          { path: "rollouts/new", element: <NewRollout /> },
          { path: "rollouts/:id", element: <RolloutPage /> },
          { path: "jobs", element: <Jobs /> },
          { path: "jobs/:id", element: <JobPage /> },
          { path: "settings", element: <Settings /> },
          { path: "*", element: <Nowhere /> },
        ],
      },
    ],
  },
]);

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
