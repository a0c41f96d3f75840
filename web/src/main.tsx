import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, RouterProvider } from "react-router";
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

const router = createBrowserRouter([
  {
    path: "/",
    element: <Shell />,
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
