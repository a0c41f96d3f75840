import { useQuery } from "@tanstack/react-query";
import { get } from "../api";
import { bytes } from "../format";
import { Loading, Trouble } from "../parts";
import { Lineage, type LineageEdge, type LineageNode } from "../parts/Lineage";

interface Graph {
  nodes: { id: string; kind: string; name: string; detail: string; href?: string }[];
  edges: LineageEdge[];
  complete: boolean;
}

/** Places of this interface are called as those of the REST interface are, but for /v1. */
function place(href: string | undefined): string | undefined {
  if (!href) return undefined;
  return href.replace(/^\/v1/, "");
}

const USUAL: Record<string, unknown> = { policy: "fastest", verify: true };

/** Options of a build come as JSON: the values of those that are not as usual say enough in a small box. */
function detail(kind: string, text: string): string {
  if (kind === "build" && text.startsWith("{")) {
    return Object.entries(JSON.parse(text) as Record<string, unknown>)
      .filter(([name, value]) => value !== USUAL[name] && value !== false)
      .map(([name, value]) => (value === true ? name : String(value)))
      .join(", ");
  }
  return text.replace(/\b(\d+) bytes/, (_, count: string) => bytes(Number(count)));
}

export function LineageOf({ url, here }: { url: string; here?: string }) {
  const graph = useQuery({ queryKey: ["lineage", url], queryFn: () => get<Graph>(url) });
  if (graph.error) return <Trouble error={graph.error} />;
  if (graph.isPending) return <Loading />;
  const nodes: LineageNode[] = graph.data.nodes.map((node) => ({ ...node, detail: detail(node.kind, node.detail), to: place(node.href) }));
  return (
    <>
      <Lineage nodes={nodes} edges={graph.data.edges} here={here} />
      {!graph.data.complete && <p className="muted small">There is more than is shown here.</p>}
    </>
  );
}
