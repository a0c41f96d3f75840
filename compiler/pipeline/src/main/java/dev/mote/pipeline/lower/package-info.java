/// Lowering: which C kernel computes a node, with which parameters and tables.
///
/// A lowering is a function `(node, context) → KernelCall`. One class per family of operators;
/// [Lowerings] dispatches over the sealed operator type.
@org.jspecify.annotations.NullMarked
package dev.mote.pipeline.lower;
