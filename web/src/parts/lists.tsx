import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { get, type Page, path, type Query } from "../api";
import { type Column, Empty, Loading, Table, Trouble } from ".";

/** A list of the service, page by page; `name` is what events make out of date. */
export function useList<T>(name: string, url: string, query: Query = {}, enabled = true) {
  return useInfiniteQuery({
    queryKey: [name, "list", url, query],
    queryFn: ({ pageParam }) => get<Page<T>>(path(url, { ...query, cursor: pageParam, limit: 50 })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled,
  });
}

/** A list as a table, with a button for more of it. */
export function Listing<T>({
  of,
  columns,
  id,
  label,
  empty,
}: {
  of: ReturnType<typeof useList<T>>;
  columns: Column<T>[];
  id: (row: T) => string;
  label: string;
  empty: ReactNode;
}) {
  if (of.error) return <Trouble error={of.error} />;
  if (of.isPending) return <Loading />;
  const rows = of.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) return <Empty title={`No ${label.toLowerCase()} yet`}>{empty}</Empty>;
  return (
    <>
      <Table rows={rows} columns={columns} id={id} label={label} />
      {of.hasNextPage && (
        <p style={{ marginTop: 14 }}>
          <button type="button" disabled={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>
            Show more
          </button>
        </p>
      )}
    </>
  );
}
