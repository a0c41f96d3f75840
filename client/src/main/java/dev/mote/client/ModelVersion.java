package dev.mote.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A version of a model: a file that never changes.
///
/// @param number from 1, within its model
/// @param format such as `tflite` or `onnx`
/// @param card Markdown
/// @param modules how many were made of it
/// @param check what was found in the file; empty in lists
public record ModelVersion(
    UUID id,
    UUID model,
    String modelName,
    int number,
    String format,
    String sha256,
    long bytes,
    String fileName,
    String description,
    Map<String, String> labels,
    Optional<String> card,
    List<String> aliases,
    int modules,
    Instant created,
    String createdBy,
    Map<String, Object> check) {}
