package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.Buffer;
import dev.mote.frontends.tflite.schema.Model;
import dev.mote.frontends.tflite.schema.SubGraph;
import dev.mote.frontends.tflite.schema.Tensor;
import dev.mote.frontends.tflite.schema.TensorType;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The tensors of one subgraph, read when they are first asked for: what no operator uses is never
/// looked at.
final class TensorTable {

  /// How a buffer's bytes become a constant's; equal keys share one blob.
  private record BlobKey(int buffer, Form form, int count) {}

  private enum Form {
    PLAIN,
    /// Unsigned quantized bytes, made signed by taking off 128.
    SIGNED,
    /// Booleans, each made 0 or 1.
    BOOLEAN,
    /// Packed nibbles of an odd count, the unused one made 0.
    ODD_NIBBLES,
    /// Packed int2, of as many values as the key says, one byte each.
    QUARTERS
  }

  private final String fileName;
  private final ByteBuffer file;
  private final Model model;
  private final SubGraph graph;
  private final UniqueNames names;
  private final Set<Integer> wrapped;
  private final Map<Integer, SourceTensor> read = new HashMap<>();
  private final Map<Integer, Refusal> refused = new HashMap<>();
  private final Map<BlobKey, Blob> blobs = new HashMap<>();
  private long allowance;

  /// @param wrapped tensors at the graph's border that stay uint8 there, though they are int8
  /// within
  TensorTable(
      String fileName,
      ByteBuffer file,
      Model model,
      SubGraph graph,
      UniqueNames names,
      Set<Integer> wrapped) {
    this.fileName = fileName;
    this.file = file;
    this.model = model;
    this.graph = graph;
    this.names = names;
    this.wrapped = wrapped;
    this.allowance = Limits.referredBytes(file.limit());
  }

  /// Tensor `index`.
  ///
  /// @throws Refusal when the file's description of it is wrong; the same one every time
  SourceTensor get(int index) {
    SourceTensor known = read.get(index);
    if (known != null) {
      return known;
    }
    Refusal before = refused.get(index);
    if (before != null) {
      throw before;
    }
    try {
      SourceTensor tensor = readTensor(index);
      read.put(index, tensor);
      return tensor;
    } catch (Refusal refusal) {
      refused.put(index, refusal);
      throw refusal;
    }
  }

  /// The name that the file gives to tensor `index`, for messages; never fails.
  String nameOf(int index) {
    SourceTensor known = read.get(index);
    if (known != null) {
      return known.borderName();
    }
    if (index < 0 || index >= graph.tensorsLength()) {
      return "#" + index;
    }
    return text(graph.tensors(index).nameAsByteBuffer(), "tensor_" + index);
  }

  /// A string of the file, made printable.
  static String text(@Nullable ByteBuffer bytes, String otherwise) {
    return bytes == null
        ? otherwise
        : UniqueNames.printable(
            StandardCharsets.UTF_8.decode(bytes.duplicate()).toString(), otherwise);
  }

  private SourceTensor readTensor(int index) {
    if (index < 0 || index >= graph.tensorsLength()) {
      throw new Refusal(
          ReadProblem.BAD_INDEX.at(
              fileName,
              "tensor #%d is used, but there are only %d".formatted(index, graph.tensorsLength()),
              "the file is damaged or was written wrongly: export the model again."));
    }
    Tensor tensor = graph.tensors(index);
    String where = "%s, tensor '%s'".formatted(fileName, nameOf(index));
    if (tensor.sparsity() != null) {
      throw new Refusal(
          ReadProblem.STORAGE.at(
              where,
              "it is stored sparsely, which is not supported",
              "export the model without sparse encoding (pruned weights may stay zero)."));
    }
    if (tensor.externalBuffer() != 0) {
      throw new Refusal(
          ReadProblem.STORAGE.at(
              where,
              "its contents are in another file, which is not supported",
              "export the model with its weights inside of the file."));
    }
    boolean resource = tensor.type() == TensorType.RESOURCE;
    ElementType stored = resource ? ElementType.INT32 : element(tensor.type(), where);
    Optional<Shape> shape = shape(tensor, stored, where);
    Quantization quantization = SourceQuantization.read(tensor, stored, shape, where);
    boolean fromUint8 = stored == ElementType.UINT8 && quantization.isQuantized();
    Optional<Blob> data = data(tensor, stored, shape, fromUint8, where);
    if (tensor.type() == TensorType.INT2 && data.isEmpty()) {
      throw unsupported(tensor.type(), where);
    }
    String name = names.claim(nameOf(index));
    return new SourceTensor(
        fromUint8 && wrapped.contains(index) ? names.claim(name + "/int8") : name,
        name,
        fromUint8 ? ElementType.INT8 : stored,
        fromUint8 ? SourceQuantization.signed(quantization) : quantization,
        shape,
        openDims(tensor),
        data,
        tensor.isVariable(),
        fromUint8,
        resource);
  }

  private static ElementType element(byte type, String where) {
    return switch (type) {
      case TensorType.FLOAT32 -> ElementType.FLOAT32;
      case TensorType.FLOAT16 -> ElementType.FLOAT16;
      case TensorType.INT4 -> ElementType.INT4;
      // int2 constants are unpacked as they are read; lowerings pack what is worth it
      case TensorType.INT8, TensorType.INT2 -> ElementType.INT8;
      case TensorType.UINT8 -> ElementType.UINT8;
      case TensorType.INT16 -> ElementType.INT16;
      case TensorType.INT32 -> ElementType.INT32;
      case TensorType.INT64 -> ElementType.INT64;
      case TensorType.BOOL -> ElementType.BOOL;
      default -> throw unsupported(type, where);
    };
  }

  private static Refusal unsupported(byte type, String where) {
    return new Refusal(
        ReadProblem.TENSOR_TYPE.at(
            where,
            "its element type %s is not supported".formatted(typeName(type)),
            "convert the model so that this tensor is int8, int16, int32, int64, float32 or"
                + " bool."));
  }

  private static String typeName(byte type) {
    return type >= 0 && type < TensorType.names.length
        ? TensorType.name(type).toLowerCase(java.util.Locale.ROOT)
        : "#" + type;
  }

  private static List<Integer> openDims(Tensor tensor) {
    int rank = tensor.shapeLength();
    boolean signed = tensor.shapeSignatureLength() == rank;
    List<Integer> dims = new ArrayList<>(rank);
    for (int i = 0; i < rank; i++) {
      int dim = signed ? tensor.shapeSignature(i) : tensor.shape(i);
      dims.add(Math.max(-1, dim));
    }
    return dims;
  }

  private Optional<Shape> shape(Tensor tensor, ElementType element, String where) {
    int rank = tensor.shapeLength();
    if (rank > Limits.RANK) {
      throw new Refusal(
          ReadProblem.BAD_SHAPE.at(
              where,
              "it has %d dimensions; at most %d are supported".formatted(rank, Limits.RANK),
              "reshape it in the model."));
    }
    List<Integer> dims = new ArrayList<>(rank);
    boolean open = false;
    for (int i = 0; i < rank; i++) {
      int dim = tensor.shape(i);
      if (dim < -1) {
        throw new Refusal(
            ReadProblem.BAD_SHAPE.at(
                where,
                "dimension %d is %d".formatted(i, dim),
                "the file is damaged or was written wrongly: export the model again."));
      }
      open |= dim == -1;
      dims.add(dim);
    }
    if (open) {
      return Optional.empty();
    }
    return Optional.of(sized(dims, element, where));
  }

  /// The shape of `dims` when a tensor of it stays within the limits.
  static Shape sized(List<Integer> dims, ElementType element, String where) {
    long count = 1;
    for (int dim : dims) {
      count *= dim;
      if (count > Limits.TENSOR_BYTES || element.bytes(count) > Limits.TENSOR_BYTES) {
        throw new Refusal(
            ReadProblem.TOO_LARGE.at(
                where,
                "a tensor of shape %s has more than %d MiB"
                    .formatted(dims, Limits.TENSOR_BYTES >> 20),
                "no microcontroller holds such a tensor: use a smaller model or input."));
      }
    }
    return new Shape(dims);
  }

  private Optional<Blob> data(
      Tensor tensor, ElementType element, Optional<Shape> shape, boolean fromUint8, String where) {
    long number = tensor.buffer();
    if (number == 0) {
      return Optional.empty();
    }
    if (number >= model.buffersLength()) {
      throw new Refusal(
          ReadProblem.BAD_INDEX.at(
              where,
              "its buffer #%d does not exist; there are %d"
                  .formatted(number, model.buffersLength()),
              "the file is damaged or was written wrongly: export the model again."));
    }
    ByteBuffer bytes = bytes(model.buffers((int) number), where);
    if (!bytes.hasRemaining() || tensor.isVariable()) {
      return Optional.empty();
    }
    boolean quarters = tensor.type() == TensorType.INT2;
    if (shape.isEmpty() || storedBytes(element, quarters, shape.get()) != bytes.remaining()) {
      throw new Refusal(
          ReadProblem.BUFFER_SIZE.at(
              where,
              "its buffer has %d bytes, but its type %s[%s] needs %s"
                  .formatted(
                      bytes.remaining(),
                      quarters ? "int2" : element.label(),
                      shape.map(Shape::toString).orElse("?"),
                      shape
                          .map(s -> storedBytes(element, quarters, s))
                          .map(String::valueOf)
                          .orElse("?")),
              "the file is damaged or was written wrongly: export the model again."));
    }
    Form form =
        switch (element) {
          case UINT8 -> fromUint8 ? Form.SIGNED : Form.PLAIN;
          case BOOL -> Form.BOOLEAN;
          case INT4 -> shape.get().count() % 2 == 0 ? Form.PLAIN : Form.ODD_NIBBLES;
          case INT8 -> quarters ? Form.QUARTERS : Form.PLAIN;
          case INT16, INT32, INT64, FLOAT16, FLOAT32 -> Form.PLAIN;
        };
    BlobKey key = new BlobKey((int) number, form, quarters ? shape.get().count() : 0);
    Blob blob = blobs.get(key);
    if (blob == null) {
      allowance -= quarters ? shape.get().count() : bytes.remaining();
      if (allowance < 0) {
        throw new Refusal(
            ReadProblem.TOO_LARGE.at(
                where,
                "the constants overlap in the file and have more than %d MiB together"
                    .formatted(Limits.referredBytes(file.limit()) >> 20),
                "the file is damaged or was written wrongly: export the model again."));
      }
      blob = quarters ? unpacked(bytes, key.count()) : blob(bytes, form);
      blobs.put(key, blob);
    }
    return Optional.of(blob);
  }

  private ByteBuffer bytes(Buffer buffer, String where) {
    if (Long.compareUnsigned(buffer.offset(), 1) <= 0) {
      ByteBuffer inline = buffer.dataAsByteBuffer();
      return inline == null ? ByteBuffer.allocate(0) : inline;
    }
    long offset = buffer.offset();
    long size = buffer.size();
    if (offset < 0 || size < 0 || size > file.limit() || offset > file.limit() - size) {
      throw new Refusal(
          ReadProblem.DAMAGED.at(
              where,
              "its contents, %s bytes at %s, lie outside of the file of %d bytes"
                  .formatted(
                      Long.toUnsignedString(size), Long.toUnsignedString(offset), file.limit()),
              "the file was cut off: copy or download it again."));
    }
    return file.slice((int) offset, (int) size);
  }

  private static long storedBytes(ElementType element, boolean quarters, Shape shape) {
    return quarters ? (shape.count() + 3L) / 4 : element.bytes(shape.count());
  }

  /// Four values of two bits in a byte, the first lowest, as one byte each.
  private static Blob unpacked(ByteBuffer bytes, int count) {
    byte[] values = new byte[count];
    for (int i = 0; i < count; i++) {
      int bits = bytes.get(bytes.position() + i / 4) >> 2 * (i % 4) & 3;
      values[i] = (byte) ((bits ^ 2) - 2);
    }
    return Blob.of(values);
  }

  private static Blob blob(ByteBuffer bytes, Form form) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    switch (form) {
      case PLAIN, QUARTERS -> {}
      case SIGNED -> {
        for (int i = 0; i < copy.length; i++) {
          copy[i] = (byte) (copy[i] - 128);
        }
      }
      case BOOLEAN -> {
        for (int i = 0; i < copy.length; i++) {
          copy[i] = (byte) (copy[i] == 0 ? 0 : 1);
        }
      }
      case ODD_NIBBLES -> copy[copy.length - 1] &= 15;
    }
    return Blob.of(copy);
  }
}
