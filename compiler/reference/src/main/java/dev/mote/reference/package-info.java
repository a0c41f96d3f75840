/// The reference interpreter: executes a graph node by node, in the plainest way that is right.
///
/// It is the oracle of every other part and shares no code with the compiler. Integers follow
/// TensorFlow Lite Micro's kernels bit by bit; floats are computed in `float` in the natural order.
///
/// ```java
/// Interpreter interpreter = new Interpreter(graph);
/// interpreter.set("input", Value.ofInt8(...));
/// interpreter.run();
/// Value scores = interpreter.get("scores");
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.reference;
