/// Who may do what: tenants, users and their roles, sessions and tokens, quotas, and the audit log.
///
/// Every method of a controller says which role it needs; one that does not stops the start.
///
/// ```java
/// @GetMapping("/v1/models/{id}")
/// @Requires(Role.VIEWER)
/// Model get(Caller caller, @PathVariable UUID id) {
///   return models.find(caller.tenant(), id).orElseThrow(() -> Problem.notFound("model", id));
/// }
/// ```
@NullMarked
package dev.mote.service.access;

import org.jspecify.annotations.NullMarked;
