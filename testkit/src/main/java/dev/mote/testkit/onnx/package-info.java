/// ONNX's own test cases, run through reader, reference interpreter and emitted C, and random cases
/// against ONNX Runtime.
@org.jspecify.annotations.NullMarked
package dev.mote.testkit.onnx;
