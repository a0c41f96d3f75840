/// Messages of the ONNX file format, generated from `src/main/schema/onnx.proto` by
/// `scripts/generate-onnx-schema`.
@org.jspecify.annotations.NullUnmarked
package dev.mote.frontends.onnx.schema;
