/// Models, their versions, and the modules that were made of them.
///
/// A version is a file that was checked when it came and never changes; an alias such as
/// `production` is a name that moves from version to version. A module knows the version, the
/// compiler, the options and the device facts that it came from: that is its lineage.
///
/// ```java
/// ModelVersion version = registry.version(tenant, id).orElseThrow();
/// Module module = registry.addModule(new NewModule(…));
/// registry.use(tenant, module.id(), "rollout:" + rollout);   // now it cannot be deleted
/// ```
@NullMarked
package dev.mote.service.registry;

import org.jspecify.annotations.NullMarked;
