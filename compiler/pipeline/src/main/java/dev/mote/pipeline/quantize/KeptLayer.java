package dev.mote.pipeline.quantize;

/// A layer that was to become integer and stayed float.
///
/// @param layer its first output in the prepared graph
/// @param operator the operator's label
/// @param reason why; a clause
public record KeptLayer(String layer, String operator, String reason) {}
