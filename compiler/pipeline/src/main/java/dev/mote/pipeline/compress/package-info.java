/// Smaller models: pure functions from graph to graph that leave weights, channels or products out,
/// or make weights easier to store. What a model computes changes; how much is for the caller to
/// measure.
///
/// ```java
/// Graph smaller = ChannelPruning.of(0.5).apply(graph);
/// Graph sparse = MagnitudePruning.of(0.8).apply(graph);
/// Graph coded = WeightClustering.of(16).apply(integerGraph);
/// ```
///
/// Statistics of activations come as arguments ([LayerMoments]); nothing here runs a model.
package dev.mote.pipeline.compress;
