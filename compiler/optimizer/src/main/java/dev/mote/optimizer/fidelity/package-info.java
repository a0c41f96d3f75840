/// What a changed model kept of its original: how often both agree, what was right and is now
/// wrong, how far the numbers are apart.
///
/// ```java
/// Fidelity fidelity = Fidelity.compare(reference, candidate, samples);
/// List<Diagnostic> missed = new Thresholds(...).check(fidelity);
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.optimizer.fidelity;
