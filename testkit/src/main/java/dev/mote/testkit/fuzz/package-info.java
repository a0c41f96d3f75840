/// Hostile model files: seeded mutations of good ones, and the check that each of them ends as a
/// graph or as an error, in bounded time and memory.
///
/// ```java
/// byte[] mutant = new ModelMutator(bytes).mutate(seed);
/// Optional<String> failure = new HostileCheck(limits).run(mutant);
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.testkit.fuzz;
