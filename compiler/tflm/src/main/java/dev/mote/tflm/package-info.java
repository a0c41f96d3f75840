/// Models for devices whose firmware carries TensorFlow Lite Micro.
///
/// [TfliteOutline] reads what the interpreter would see in a model file; [ArenaEstimate] models its
/// allocator; [TflmCompiler] is the plugin, which gives the file as it is, or C++ around it.
@org.jspecify.annotations.NullMarked
package dev.mote.tflm;
