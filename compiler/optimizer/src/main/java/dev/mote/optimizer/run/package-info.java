/// Runs models on samples: compiled for this machine, real numbers in and out.
///
/// ```java
/// Predictions predictions = Predictions.of(graph, samples);
/// int best = predictions.top(0);
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.optimizer.run;
