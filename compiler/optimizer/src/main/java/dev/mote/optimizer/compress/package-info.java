/// Compression that needs data: what `dev.mote.pipeline.compress` takes as statistics is gathered
/// here from samples.
///
/// ```java
/// Graph half = ReconstructedPruning.of(ChannelPruning.of(0.5)).apply(graph, samples);
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.optimizer.compress;
