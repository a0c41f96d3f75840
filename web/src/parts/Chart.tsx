import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { figure, moment } from "../format";
import "uplot/dist/uPlot.min.css";

/** A stretch of time: its mean, and between what the values lay. */
export interface Point {
  time: string;
  value: number;
  low: number;
  high: number;
}

const HEIGHT = 190;
const NARROWEST = 220;
const CLOCK_SECONDS = 150;

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

function withUnit(text: string, unit: string | undefined): string {
  return unit ? `${text} ${unit}` : text;
}

/**
 * Values over time: the mean as a line in the band of all values, or marks only where a mean says nothing, as of numbers of classes.
 * The last value stands above; while the pointer is over the chart, the one below it.
 */
export function Chart({ name, unit, points, marks }: { name: string; unit?: string; points: Point[]; marks?: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const said = useRef<HTMLSpanElement>(null);
  const last = points.at(-1);
  const now = !last || (marks && last.low !== last.high) ? "" : withUnit(figure(last.value), unit);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const times = points.map((point) => new Date(point.time).getTime() / 1000);
    const columns = [points.map((point) => point.low), points.map((point) => point.high), points.map((point) => point.value)];
    const say = (index: number | null | undefined) => {
      const point = index === null || index === undefined ? undefined : points[index];
      if (!said.current) return;
      const range = point && point.low !== point.high ? `${figure(point.low)} to ${figure(point.high)}` : figure(point?.value ?? 0);
      said.current.textContent = point ? `${withUnit(range, unit)} at ${moment(point.time)}` : now;
    };
    const draw = () => {
      const axis: uPlot.Axis = {
        stroke: color("--muted"),
        grid: { stroke: color("--hair"), width: 1 },
        ticks: { stroke: color("--hair"), width: 1 },
        font: "12px system-ui, sans-serif",
      };
      const line = color("--series-1");
      const dots: uPlot.Series = { stroke: line, fill: line, width: 0, paths: () => null, points: { show: true, size: 5, fill: line } };
      const edge: uPlot.Series = { width: 0, points: { show: false } };
      return new uPlot(
        {
          width: Math.max(NARROWEST, element.clientWidth),
          height: HEIGHT,
          legend: { show: false },
          cursor: { y: false, points: { show: false } },
          hooks: { setCursor: [(plot: uPlot) => say(plot.cursor.idx)] },
          series: [{}, ...(marks ? [dots, dots] : [edge, edge, { stroke: line, width: 2, points: { show: points.length < 40, size: 5 } }])],
          ...(marks ? {} : { bands: [{ series: [2, 1] as [number, number], fill: `${line}33` }] }),
          axes: [
            { ...axis, space: (times.at(-1) ?? 0) - (times[0] ?? 0) < CLOCK_SECONDS ? 72 : 56, values: (_, splits) => splits.map(clock(times[0] ?? 0, times.at(-1) ?? 0)) },
            { ...axis, size: 62, ...(marks ? { space: 18, incrs: [1, 2, 5, 10, 50, 100] } : {}), values: (_, splits) => splits.map((value) => figure(value)) },
          ],
        },
        [times, ...(marks ? columns.slice(0, 2) : columns)],
        element,
      );
    };
    let plot = draw();
    const redraw = () => {
      plot.destroy();
      plot = draw();
    };
    const size = new ResizeObserver(() => plot.setSize({ width: Math.max(NARROWEST, element.clientWidth), height: HEIGHT }));
    size.observe(element);
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", redraw);
    return () => {
      dark.removeEventListener("change", redraw);
      size.disconnect();
      plot.destroy();
    };
  }, [points, unit, marks, now]);
  const lowest = Math.min(...points.map((point) => point.low));
  const highest = Math.max(...points.map((point) => point.high));
  return (
    <div className="plot">
      <h3>
        {name} <span className="said" ref={said}>{now}</span>
      </h3>
      <div
        ref={place}
        className="chart"
        role="img"
        aria-label={`${name} over time: ${now && `now ${now}, `}between ${withUnit(figure(lowest), unit)} and ${withUnit(figure(highest), unit)}`}
      />
    </div>
  );
}
