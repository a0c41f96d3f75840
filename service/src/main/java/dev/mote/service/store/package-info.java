/// Large objects, named by the SHA-256 of what is in them: models, modules, packages.
///
/// Storing is all or nothing; what is stored never changes. Whoever needs an artifact holds it, and
/// what nobody holds is swept after a while.
///
/// ```java
/// Stored stored = artifacts.put(body, limitBytes);
/// artifacts.hold(tenant, stored.sha256(), "version:" + id);   // in the transaction that refers to
/// it
/// ```
@NullMarked
package dev.mote.service.store;

import org.jspecify.annotations.NullMarked;
