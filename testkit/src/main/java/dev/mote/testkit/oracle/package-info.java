/// TensorFlow Lite itself, as the oracle that Mote is compared with.
///
/// [TfliteOracle] runs a model with TFLite's own *reference* kernels, never with its default
/// resolver: XNNPACK and the optimised kernels round differently.
///
/// ```java
/// try (TfliteOracle oracle = TfliteOracle.of(modelBytes)) {
///   List<byte[]> outputs = oracle.run(inputs);
/// }
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.testkit.oracle;
