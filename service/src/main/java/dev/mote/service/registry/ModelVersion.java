package dev.mote.service.registry;

import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// A version of a model: a file that passed the check at the door, and never changes.
///
/// @param number from 1, within its model
/// @param format such as `tflite` or `onnx`
/// @param sha256 of the file; its name among the artifacts
/// @param check what the check at the door found: sizes, inputs, outputs, targets it fits
public record ModelVersion(
    UUID id,
    UUID tenant,
    UUID model,
    String modelName,
    int number,
    String format,
    String sha256,
    long bytes,
    String fileName,
    JsonNode check) {}
