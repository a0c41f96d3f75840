/// Long work that survives the process which does it.
///
/// A feature implements [JobHandler] and hands work over with [Jobs#submit], in the transaction
/// that makes it necessary. Some process runs it: if that process dies, another one runs it again
/// from the start, so handlers must be able to. A job ends once, and with it, in the same
/// transaction, [JobListener]s act on the end.
///
/// ```java
/// UUID job = jobs.submit(tenant, "compilation", new Subject(build), "keyword-spotting 3 for
/// cortex-m4");
/// ```
///
/// Tenants take turns: each has a limit of jobs at once, and the one with the fewest running comes
/// next.
@NullMarked
package dev.mote.service.job;

import org.jspecify.annotations.NullMarked;
