import { graphlib, layout } from "@dagrejs/dagre";
import { Link } from "react-router";

export interface LineageNode {
  id: string;
  kind: string;
  name: string;
  detail?: string;
  to?: string;
}

export interface LineageEdge {
  from: string;
  to: string;
  label?: string;
}

const WIDTH = 166;
const HEIGHT = 58;
const NAME_CHARACTERS = 18;
const DETAIL_CHARACTERS = 24;

function clipped(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** From the right side of a box to the left side of another, level at both ends. */
function bent(from: { x: number; y: number }, to: { x: number; y: number }): string {
  const [start, end] = [from.x + WIDTH / 2, to.x - WIDTH / 2];
  const middle = (start + end) / 2;
  return `M${start} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${end} ${to.y}`;
}

/** What came from what, from left to right: every box is a link. */
export function Lineage({ nodes, edges, here }: { nodes: LineageNode[]; edges: LineageEdge[]; here?: string }) {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 28, marginx: 3, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(nodes.map((node) => node.id));
  for (const node of nodes) graph.setNode(node.id, { width: WIDTH, height: HEIGHT });
  for (const edge of edges) if (known.has(edge.from) && known.has(edge.to)) graph.setEdge(edge.from, edge.to);
  layout(graph);
  const size = graph.graph();
  return (
    <div className="lineage scroll">
      <svg width={size.width} height={size.height} role="group" aria-label="Lineage: what came from what">
        <defs>
          <marker id="lineage-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path className="tip" d="M0 0L8 4L0 8z" />
          </marker>
        </defs>
        {graph.edges().map((edge) => {
          return (
            <path
              key={`${edge.v} ${edge.w}`}
              markerEnd="url(#lineage-tip)"
              d={bent(graph.node(edge.v), graph.node(edge.w))}
            />
          );
        })}
        {nodes.map((node) => {
          const { x, y } = graph.node(node.id);
          const box = (
            <g className={node.id === here ? "box here" : "box"} transform={`translate(${x - WIDTH / 2} ${y - HEIGHT / 2})`}>
              <title>{`${node.kind} ${node.name}${node.detail ? `, ${node.detail}` : ""}`}</title>
              <rect width={WIDTH} height={HEIGHT} rx={9} />
              <text className="kind" x={12} y={17}>
                {node.kind}
              </text>
              <text x={12} y={34} fontWeight={600}>
                {clipped(node.name, NAME_CHARACTERS)}
              </text>
              {node.detail && (
                <text className="kind" x={12} y={50}>
                  {clipped(node.detail, DETAIL_CHARACTERS)}
                </text>
              )}
            </g>
          );
          return node.to ? (
            <Link key={node.id} to={node.to}>
              {box}
            </Link>
          ) : (
            <g key={node.id}>{box}</g>
          );
        })}
      </svg>
    </div>
  );
}
