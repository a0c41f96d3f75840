package dev.mote.optimizer.data;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// Makes what a model sees of the numbers of a file.
///
/// @param scaling what they stand for
/// @param type of the input
record Preparation(Scaling scaling, TensorType type) {

  /// What numbers are by themselves.
  enum Nature {
    /// 0 … 255.
    PIXELS,
    /// -1 … 1.
    SOUND,
    /// Anything.
    NUMBERS
  }

  Preparation {
    int channels = Geometry.of(type.shape()).map(Geometry::channels).orElse(type.shape().last());
    if (scaling instanceof Scaling.Standard(var mean, var _)
        && mean.size() > 1
        && mean.size() != channels) {
      throw new DiagnosticException(
          Diagnostic.user(
              FileProblem.PREPARATION,
              "--scale",
              "%d means and deviations, but the model's input %s has %d channels"
                  .formatted(mean.size(), type.shape(), channels),
              "give one pair, or one for each channel."));
    }
  }

  /// The numbers as the bytes of a sample.
  ///
  /// @param where the sample, for the message when a number is none
  Blob apply(float[] numbers, Nature nature, String where) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    Optional<Geometry> geometry = Geometry.of(type.shape());
    for (int i = 0; i < numbers.length; i++) {
      float value = (float) scaled(numbers[i], nature, channel(geometry, i));
      if (!Float.isFinite(value)) {
        throw new DiagnosticException(
            Diagnostic.user(
                FileProblem.NOT_FINITE,
                where,
                "element %d is %s".formatted(i, numbers[i]),
                "leave out or mend samples that hold NaN or infinity."));
      }
      bytes.putFloat(value);
    }
    return Blob.of(bytes.array());
  }

  private int channel(Optional<Geometry> geometry, int index) {
    if (!(scaling instanceof Scaling.Standard(var mean, var _)) || mean.size() == 1) {
      return 0;
    }
    return geometry
        .filter(Geometry::channelsFirst)
        .map(g -> index / (g.height() * g.width()))
        .orElse(index % mean.size());
  }

  private double scaled(double number, Nature nature, int channel) {
    return switch (scaling) {
      case Scaling.Raw _ -> number;
      case Scaling.Auto _ -> nature == Nature.PIXELS ? pixel(number) : number;
      case Scaling.Range(double low, double high) ->
          nature == Nature.SOUND
              ? low + (number + 1) / 2 * (high - low)
              : low + number / 255 * (high - low);
      case Scaling.Standard(var mean, var deviation) ->
          (number - mean.get(channel)) / deviation.get(channel);
    };
  }

  private double pixel(double number) {
    boolean eightBits = type.element() == ElementType.INT8 || type.element() == ElementType.UINT8;
    return eightBits
            && type.quantization() instanceof Quantization.PerTensor(float scale, int zeroPoint)
        ? scale * (number + type.element().minValue() - zeroPoint)
        : number / 255;
  }
}
