import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { get, Problem, send } from "../api";
import { clockTime, moment, sentence } from "../format";
import { Card, Facts, Loading, Missing, State, Top, Trouble } from "../parts";
import { Ago } from "../parts/Ago";
import { Listing, useList } from "../parts/lists";
import { useAct } from "../parts/useAct";
import { may, useMe } from "../session";

export interface Job {
  id: string;
  kind: string;
  title: string;
  state: string;
  progress: number;
  progressText: string;
  attempts: number;
  failure?: string;
  created: string;
  started?: string;
  ended?: string;
}

export function isOver(job: Job): boolean {
  return ["SUCCEEDED", "FAILED", "CANCELLED"].includes(job.state);
}

export function Jobs() {
  return (
    <>
      <Top title="Jobs" subtitle="Long work of the service: checks, compilations, clean-up." />
      <Card>
        <Listing<Job>
          of={useList<Job>("jobs", "/jobs")}
          id={(job) => job.id}
          label="Jobs"
          empty="A compilation will show up here."
          columns={[
            { head: "Job", cell: (job) => <Link to={`/jobs/${job.id}`}>{job.title}</Link> },
            { head: "State", cell: (job) => <State of={job.state} /> },
            { head: "At", cell: (job) => (isOver(job) ? "" : `${job.progress} % ${job.progressText}`) },
            { head: "Begun", cell: (job) => <Ago time={job.created} /> },
          ]}
        />
      </Card>
    </>
  );
}

interface Line {
  line: number;
  at: string;
  text: string;
}

export function JobPage() {
  const { id } = useParams();
  const me = useMe().data;
  const act = useAct("jobs");
  const job = useQuery({ queryKey: ["jobs", id], queryFn: () => get<Job>(`/jobs/${id}`) });
  const log = useQuery({ queryKey: ["jobs", id, "log"], queryFn: () => get<{ lines: Line[] }>(`/jobs/${id}/log?limit=1000`) });
  if (job.error) return <Missing error={job.error} back={{ to: "/jobs", name: "Jobs" }} />;
  if (job.isPending) return <Loading />;
  const shown = job.data;
  return (
    <>
      <Top title={sentence(shown.title)} subtitle={<State of={shown.state} />} trail={[{ to: "/jobs", name: "Jobs" }]}>
        {!isOver(shown) && may(me, "DEVELOPER") && (
          <button type="button" className="danger" onClick={() => void act.run(() => send("POST", `/jobs/${id}/cancel`))}>
            Cancel
          </button>
        )}
      </Top>
      <Trouble error={act.error} />
      {shown.failure && <Trouble error={new Problem({ status: 0, title: shown.failure })} />}
      <Card>
        <Facts
          of={[
            ["Kind", shown.kind],
            ["Progress", `${shown.progress} % ${shown.progressText}`],
            ["Attempts", shown.attempts],
            ["Begun", shown.started ? moment(shown.started) : "not yet: it waits for its turn"],
            ["Ended", shown.ended && moment(shown.ended)],
          ]}
        />
      </Card>
      <Card title="Log">
        <pre className="mono" tabIndex={0} aria-label="Log of the job">
          {(log.data?.lines ?? []).map((line) => `${clockTime(line.at)}  ${line.text}`).join("\n") || "Nothing yet."}
        </pre>
      </Card>
    </>
  );
}
