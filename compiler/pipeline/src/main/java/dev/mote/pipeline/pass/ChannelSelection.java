package dev.mote.pipeline.pass;

import dev.mote.ir.Blob;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Cuts tensors down to some of their slices.
public final class ChannelSelection {

  private ChannelSelection() {}

  /// The slices `keep` of `tensor` along `axis`, under the same name; scales per channel and the
  /// elements of constants, of whole bytes, go with them.
  public static Tensor select(Tensor tensor, int axis, List<Integer> keep) {
    Shape shape = tensor.shape();
    List<Integer> dims = new ArrayList<>(shape.dims());
    dims.set(axis, keep.size());
    Quantization quantization =
        tensor.quantization() instanceof Quantization.PerChannel(List<Float> scales, int along)
                && along == axis
            ? new Quantization.PerChannel(keep.stream().map(scales::get).toList(), along)
            : tensor.quantization();
    TensorType type = new TensorType(tensor.element(), new Shape(dims), quantization);
    if (!tensor.isConstant()) {
      return Tensor.activation(tensor.name(), type);
    }
    int slice = shape.count(axis + 1, shape.rank()) * tensor.element().bits() / 8;
    byte[] from = tensor.data().orElseThrow().toByteArray();
    ByteBuffer to = ByteBuffer.allocate((int) type.bytes());
    for (int outer = 0; outer < shape.count(0, axis); outer++) {
      for (int index : keep) {
        to.put(from, (outer * shape.dim(axis) + index) * slice, slice);
      }
    }
    return Tensor.constant(tensor.name(), type, Blob.of(to.array()));
  }
}
