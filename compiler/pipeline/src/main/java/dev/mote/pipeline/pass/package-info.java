/// Passes: functions from graph to graph that keep the meaning and make the graph cheaper.
///
/// ```java
/// Graph optimized = Passes.run(Passes.STANDARD, graph);
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.pipeline.pass;
