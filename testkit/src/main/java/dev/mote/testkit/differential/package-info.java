/// Compares three executions of the same model: TFLite, the reference interpreter, and the emitted
/// C built for the host.
///
/// [Differential] runs a family of cases; [OperatorTable] writes what passed into the
/// documentation.
@org.jspecify.annotations.NullMarked
package dev.mote.testkit.differential;
