/// What all of the REST interface shares: problems, pages, idempotency, limits of requests.
///
/// ```java
/// Page<Model> list(Caller caller, PageRequest page) {
///   return Page.of(models.list(caller.tenant(), page), page, Model::id);
/// }
/// ```
@NullMarked
package dev.mote.service.http;

import org.jspecify.annotations.NullMarked;
