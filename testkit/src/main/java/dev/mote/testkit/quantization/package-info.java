/// Mote's quantization beside the published integer models of MLPerf Tiny, on inputs that are made
/// here.
@org.jspecify.annotations.NullMarked
package dev.mote.testkit.quantization;
