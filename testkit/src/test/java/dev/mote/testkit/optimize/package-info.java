/// Quantization, compression and search on the project's own float model.
@org.jspecify.annotations.NullMarked
package dev.mote.testkit.optimize;
