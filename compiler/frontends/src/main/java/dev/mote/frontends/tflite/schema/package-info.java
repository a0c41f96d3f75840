/// Accessors of the TFLite file format, generated from `src/main/schema/tflite.fbs` by
/// `scripts/generate-tflite-schema`. The classes that end in `T` are mutable and build files.
///
/// The accessors trust their bytes: hostile files go through `FlatbufferCheck` first.
@org.jspecify.annotations.NullUnmarked
package dev.mote.frontends.tflite.schema;
