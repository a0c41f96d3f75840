/// Files of numbers to tensors and back: raw bytes, NumPy arrays, CSV, images, sound.
///
/// [TensorFiles#read] picks the format by the file's suffix and returns the bytes of a tensor.
/// Numbers of the tensor's own element type are taken as they are; all others are real values,
/// which
/// the tensor's quantization turns into integers.
///
/// ```java
/// byte[] input = TensorFiles.read(Path.of("digit.png"), "image", type, Pixels.AUTO);
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.cli.data;
