import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { moment } from "../format";
import "uplot/dist/uPlot.min.css";

export interface Series {
  name: string;
  /** In step with the times; null where there is none. */
  values: (number | null)[];
}

const HEIGHT = 220;
const CLOCK_SECONDS = 600;

/** Times of an axis: with seconds while it is short, with the day when it is long. */
function clock(first: number, last: number): (seconds: number) => string {
  const span = last - first;
  const format = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    ...(span < CLOCK_SECONDS ? { second: "2-digit" } : {}),
    ...(span > 86_400 ? { day: "numeric", month: "short" } : {}),
  });
  return (seconds) => format.format(new Date(seconds * 1000));
}

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
            { value: (_, time) => (time === null ? "–" : moment(new Date(time * 1000).toISOString())) },
            ...series.map((each, index) => ({
              label: each.name,
              stroke: color(`--series-${(index % 5) + 1}`),
              width: 2,
              points: { show: times.length < 60 },
              value: (_: uPlot, value: number | null) => (value === null ? "–" : `${value.toPrecision(4)}${unit ? ` ${unit}` : ""}`),
            })),
          ],
          axes: [{ ...axis, space: 80, values: (_, splits) => splits.map(clock(times[0] ?? 0, times.at(-1) ?? 0)) }, { ...axis, size: 62 }],
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
