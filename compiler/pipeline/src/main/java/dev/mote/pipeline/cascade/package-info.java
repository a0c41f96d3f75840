/// Line-buffered execution: chains of spatial layers that run row by row, so that between two of
/// them only the rows live that are still needed.
///
/// [RowRule] says how a node makes its output row by row, [RowLowering] lowers one row as a layer
/// of its own, [Cascade] is a chain with its buffers, and [Rehearsal] runs the schedule at compile
/// time to find their sizes.
///
/// ```java
/// Optional<Cascade> cascade = new CascadeBuilder(graph, target, optimize).build(nodes,
/// Optional.empty());
/// cascade.map(Cascade::workingBytes); // memory besides the tensors at its ends
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.pipeline.cascade;
