/// Gives new devices their accounts: where the service is, and what to prove themselves with.
///
/// ```java
/// BootstrapServer.start(settings, credentials, (peer, endpoint) -> plan, outcome -> …);
/// ```
///
/// A device that knows nothing else than this server asks it (`POST /bs`); it gets the instances of
/// objects 0 and 1 that its [BootstrapPlan] says, and registers there. Source: LwM2M Core 1.1, 6.1.
@NullMarked
package dev.mote.orchestration.bootstrap;

import org.jspecify.annotations.NullMarked;
