/// The conformance suite that any compiler runs.
///
/// ```java
/// List<Finding> findings = Conformance.of(compiler).check(ProbeModels.all(), devices, runners);
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.pluginhost.check;
