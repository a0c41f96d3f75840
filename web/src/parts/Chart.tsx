import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Series {
  name: string;
  /** In step with the times; null where there is none. */
  values: (number | null)[];
}

const HEIGHT = 220;

function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Values over time. Its last values stand below as text, for those who do not see the lines. */
export function Chart({ times, series, unit, label }: { times: number[]; series: Series[]; unit?: string; label: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const draw = () => {
      element.replaceChildren();
      const axis: uPlot.Axis = {
        stroke: color("--muted"),
        grid: { stroke: color("--hair"), width: 1 },
        ticks: { stroke: color("--hair"), width: 1 },
      };
      return new uPlot(
        {
          width: Math.max(240, element.clientWidth),
          height: HEIGHT,
          series: [
            {},
            ...series.map((each, index) => ({
              label: each.name,
              stroke: color(`--series-${(index % 5) + 1}`),
              width: 2,
              points: { show: times.length < 60 },
              value: (_: uPlot, value: number | null) => (value === null ? "–" : `${value.toPrecision(4)}${unit ? ` ${unit}` : ""}`),
            })),
          ],
          axes: [axis, { ...axis, size: 62 }],
        },
        [times, ...series.map((each) => each.values)],
        element,
      );
    };
    let plot = draw();
    const redraw = () => {
      plot.destroy();
      plot = draw();
    };
    const size = new ResizeObserver(() => plot.setSize({ width: Math.max(240, element.clientWidth), height: HEIGHT }));
    size.observe(element);
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", redraw);
    return () => {
      dark.removeEventListener("change", redraw);
      size.disconnect();
      plot.destroy();
    };
  }, [times, series, unit]);
  return <div ref={place} className="chart" role="img" aria-label={label} />;
}
