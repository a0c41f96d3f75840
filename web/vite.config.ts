import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npm run dev` shows the pages of a service that runs on this machine.
export default defineConfig({
  plugins: [react()],
  build: { outDir: "dist", assetsInlineLimit: 0 },
  server: { proxy: { "/v1": "http://localhost:8080" } },
});
