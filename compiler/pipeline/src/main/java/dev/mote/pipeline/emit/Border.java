package dev.mote.pipeline.emit;

import dev.mote.ir.TensorType;

/// A tensor that the application fills or reads.
///
/// @param tensor its name in the graph
/// @param type element type, shape and quantization
/// @param offset bytes from the start of the arena
public record Border(String tensor, TensorType type, int offset) {}
