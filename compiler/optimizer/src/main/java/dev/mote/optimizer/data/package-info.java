/// Files of numbers to tensors and samples: raw bytes, NumPy arrays, CSV, IDX, images, sound.
///
/// [TensorFiles#read] picks the format by the file's suffix and returns the bytes of one tensor.
/// Numbers of the tensor's own element type are taken as they are; all others are real values,
/// which the tensor's quantization turns into integers. A [SampleSet] is many inputs as real
/// numbers, for a model of whatever type.
///
/// ```java
/// byte[] input = TensorFiles.read(Path.of("digit.png"), "image", type, Pixels.AUTO);
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.optimizer.data;
