import { useQuery } from "@tanstack/react-query";
import { get, Problem } from "./api";

export type Role = "VIEWER" | "DEVELOPER" | "OPERATOR" | "APPROVER" | "ADMIN";

/** Who is logged in. */
export interface Me {
  name: string;
  tenantName?: string;
  roles: Role[];
  system?: boolean;
}

/** Who is logged in; null for nobody. */
export function useMe() {
  return useQuery({
    queryKey: ["me"],
    queryFn: async () => {
      try {
        return await get<Me>("/me");
      } catch (error) {
        if (error instanceof Problem && error.body.status === 401) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });
}

/** Whether somebody may do what needs `role`. */
export function may(me: Me | null | undefined, role: Role): boolean {
  return me?.roles.some((own) => own === role || own === "ADMIN") ?? false;
}
